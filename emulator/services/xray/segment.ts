import { randomBytes, randomUUID } from 'node:crypto';

/** What was asked, and what came of it. */
interface HttpData {
  readonly request?: { readonly method?: string | undefined; readonly url?: string | undefined } | undefined;
  readonly response?: { readonly status?: number | undefined } | undefined;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export interface SegmentDocument {
  readonly trace_id: string;
  readonly id: string;
  readonly parent_id?: string | undefined;
  readonly type?: 'subsegment' | undefined;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly start_time: number;
  readonly end_time?: number | undefined;
  readonly in_progress?: boolean | undefined;
  readonly namespace?: 'aws' | 'remote' | undefined;
  readonly origin?: string | undefined;
  readonly resource_arn?: string | undefined;
  readonly error?: boolean | undefined;
  readonly throttle?: boolean | undefined;
  readonly fault?: boolean | undefined;
  readonly http?: HttpData | undefined;
  readonly aws?: object | undefined;
  readonly annotations?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

type Times = 'trace_id' | 'id' | 'parent_id' | 'start_time' | 'end_time';

/** What is known of a segment beside its place and its times. */
export type SegmentFields = Omit<SegmentDocument, Times>;

/** A service's work on a request, or a part of it: a segment, or a subsegment. */
export interface Span {
  /** What is handed on to what is called within. */
  readonly header: TraceHeader;
  within(fields: SegmentFields): Span;
  end(outcome?: Partial<SegmentFields>): void;
}

/** A request that is not recorded is followed all the same: others are not to decide anew. */
export function untraced(header: TraceHeader): Span {
  const span: Span = { header, within: () => span, end: () => undefined };
  return span;
}

/** Does what a span is of, and ends it: as a fault, where that fails. */
export async function traced<T, Of extends Span | undefined>(
  span: Of,
  work: (span: Of) => Promise<T>,
  outcomeOf: (result: T) => Partial<SegmentFields> = () => ({}),
): Promise<T> {
  let outcome: Partial<SegmentFields> = { fault: true };
  try {
    const result = await work(span);
    outcome = outcomeOf(result);
    return result;
  } finally {
    span?.end(outcome);
  }
}

/** Takes a document, which is a part of what that service does. */
type RecordDocument = (document: SegmentDocument, service: string) => void;

export class Segment implements Span {
  readonly id = randomBytes(8).toString('hex');
  private readonly began = Date.now();

  constructor(
    private readonly parent: TraceHeader,
    private readonly fields: SegmentFields,
    private readonly record: RecordDocument,
    private readonly service = fields.name,
  ) {}

  get header(): TraceHeader {
    return { root: this.parent.root, parent: this.id, sampled: true };
  }

  within(fields: SegmentFields): Segment {
    const part = { type: 'subsegment', ...fields } as const;
    return new Segment(this.header, part, this.record, this.service);
  }

  end(outcome: Partial<SegmentFields> = {}): void {
    const { root, parent } = this.parent;
    const times = { start_time: this.began / 1_000, end_time: Date.now() / 1_000 };
    const place = { trace_id: root, id: this.id, ...(parent !== undefined && { parent_id: parent }) };
    this.record({ ...place, ...this.fields, ...times, ...outcome }, this.service);
  }
}

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
