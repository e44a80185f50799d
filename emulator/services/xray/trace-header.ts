import { randomUUID } from 'node:crypto';

/** `X-Amzn-Trace-Id`: a request's place in its trace. https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export interface TraceHeader {
  readonly root: string;
  /** The segment, or subsegment, of who calls. */
  readonly parent?: string | undefined;
  /** Whether the request is recorded; absent where nobody has decided. */
  readonly sampled?: boolean | undefined;
}

/** @returns undefined for what has no root; other fields than these are not handed on */
export function parseTraceHeader(header: string | undefined): TraceHeader | undefined {
  if (header === undefined) return undefined;
  const fields = new Map(header.split(';').map((field) => split(field)));
  const root = fields.get('Root');
  const parent = fields.get('Parent');
  const sampled = fields.get('Sampled');
  if (root === undefined || !ROOT.test(root)) return undefined;
  return {
    root,
    ...(parent !== undefined && SEGMENT_ID.test(parent) && { parent }),
    ...((sampled === '0' || sampled === '1') && { sampled: sampled === '1' }),
  };
}

export function formatTraceHeader({ root, parent, sampled }: TraceHeader): string {
  const decided = sampled === undefined ? '' : `;Sampled=${sampled ? '1' : '0'}`;
  return `Root=${root}${parent === undefined ? '' : `;Parent=${parent}`}${decided}`;
}

export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1_000).toString(16);
  return `1-${seconds}-${randomUUID().replaceAll('-', '').slice(8)}`;
}

export const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
export const SEGMENT_ID = /^[0-9a-f]{16}$/;

function split(field: string): [string, string] {
  const at = field.indexOf('=');
  return [field.slice(0, at).trim(), field.slice(at + 1).trim()];
}
