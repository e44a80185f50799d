import type { IncomingMessage } from 'node:http';
import { DOMParser } from '@xmldom/xmldom';
import { readBody } from '../../../platform/http/server';
import { AwsError } from '../../../platform/http/aws-error';
import { ALGORITHMS, isAlgorithm, type Checksum } from '../checksum/algorithms';

/** Parts that an object has at most. */
const MAX_PARTS = 10_000;
/** 10,000 parts of some 250 bytes each, with room to spare. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A part as the request to complete an upload names it. */
export interface CompletedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksum?: Checksum;
}

/**
 * Reads the body of CompleteMultipartUpload.
 * @throws AwsError 400 MalformedXML
 */
export async function readCompletedParts(message: IncomingMessage): Promise<readonly CompletedPart[]> {
  const xml = (await readBody(message, MAX_BODY_BYTES)).toString('utf8');
  const root = parse(xml);
  if (root?.localName !== 'CompleteMultipartUpload') throw malformed();
  const parts = elements(root);
  if (parts.length === 0 || parts.length > MAX_PARTS) throw malformed();
  return parts.map((part) => {
    if (part.localName !== 'Part') throw malformed();
    return completedPart(
      new Map(elements(part).map((child) => [child.localName ?? '', child.textContent ?? ''])),
    );
  });
}

function completedPart(fields: ReadonlyMap<string, string>): CompletedPart {
  const number = fields.get('PartNumber') ?? '';
  const etag = fields.get('ETag');
  if (!/^\d{1,9}$/.test(number) || etag === undefined) throw malformed();
  const checksum = Object.keys(ALGORITHMS)
    .filter(isAlgorithm)
    .map((algorithm) => ({ algorithm, value: fields.get(`Checksum${algorithm}`) }))
    .find((candidate): candidate is Checksum => candidate.value !== undefined);
  return { number: Number(number), etag, ...(checksum && { checksum }) };
}

function parse(xml: string) {
  try {
    const onError = () => {
      throw malformed();
    };
    return new DOMParser({ onError }).parseFromString(xml, 'text/xml').documentElement;
  } catch {
    throw malformed();
  }
}

type Node = NonNullable<ReturnType<typeof parse>>;

const elements = (of: Node): readonly Node[] =>
  [...of.childNodes].filter((child): child is Node => child.nodeType === of.ELEMENT_NODE);

const malformed = (): AwsError =>
  new AwsError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
