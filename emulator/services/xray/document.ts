import { z } from 'zod';
import { ROOT, SEGMENT_ID, type SegmentDocument } from './segment';

/** Bytes; https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const MAX_DOCUMENT_BYTES = 64_000;

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon */
const HEADER = /^\s*\{\s*"format"\s*:\s*"json"\s*,\s*"version"\s*:\s*1\s*\}\s*\n/;

const text = z.string().max(250);

/** A subsegment on its own, with what is emulated of one; what X-Ray knows beside is passed over. */
const subsegment = z.object({
  type: z.literal('subsegment'),
  trace_id: z.string().regex(ROOT),
  id: z.string().regex(SEGMENT_ID),
  parent_id: z.string().regex(SEGMENT_ID),
  name: z
    .string()
    .max(200)
    .regex(/^[\p{L}\p{N}\s_.:/%&#=+\\@-]+$/u),
  start_time: z.number().positive(),
  end_time: z.number().positive().optional(),
  in_progress: z.literal(true).optional(),
  namespace: z.literal(['aws', 'remote']).optional(),
  error: z.boolean().optional(),
  throttle: z.boolean().optional(),
  fault: z.boolean().optional(),
  http: z
    .object({
      request: z.object({ method: z.string(), url: z.string() }).partial().optional(),
      response: z.object({ status: z.number() }).partial().optional(),
    })
    .optional(),
  aws: z.object({}).loose().optional(),
  annotations: z.record(z.string(), z.union([text, z.number(), z.boolean()])).optional(),
  metadata: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/** What an annotation's key may have; X-Ray says nothing of others, and leaves them out. */
const ANNOTATION_KEY = /^[\w.]{1,500}$/;

/** @returns the document in a datagram for X-Ray's daemon, or why it is refused, which says nothing of what is in it */
export function readDatagram(datagram: Buffer): SegmentDocument | string {
  const told = datagram.toString('utf8');
  const header = HEADER.exec(told)?.[0];
  if (header === undefined)
    return 'it does not begin with {"format":"json","version":1} on a line of its own';
  const json = told.slice(header.length);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_DOCUMENT_BYTES) return `${bytes} bytes exceed the limit of ${MAX_DOCUMENT_BYTES}`;
  const parsed = subsegment.safeParse(parse(json));
  if (!parsed.success)
    return `${parsed.error.issues[0]?.path.join('.') ?? ''}: ${parsed.error.issues[0]?.code ?? ''}`;
  const { data } = parsed;
  if ((data.end_time === undefined) === (data.in_progress === undefined)) return 'end_time, or in_progress';
  const annotations = Object.entries(data.annotations ?? {}).filter(([key]) => ANNOTATION_KEY.test(key));
  return { ...data, ...(data.annotations && { annotations: Object.fromEntries(annotations) }) };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
