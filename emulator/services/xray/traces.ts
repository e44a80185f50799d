import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, parseJson, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { ROOT, type SegmentDocument } from './segment';

/** Traces that are kept, and bytes of each; AWS keeps 30 days, and half a megabyte: https://aws.amazon.com/xray/pricing/ */
const MAX_TRACES = 500;
const MAX_TRACE_BYTES = 500_000;

interface Trace {
  readonly documents: Map<string, SegmentDocument>;
  bytes: number;
}

/** A segment, put together of what has come of it. */
interface WholeSegment extends SegmentDocument {
  readonly subsegments?: readonly WholeSegment[];
}

/** The latest traces of a region. */
export class Traces {
  private readonly traces = new Map<string, Trace>();

  /** What comes twice replaces what came first, as the end of a segment does its beginning. */
  add(document: SegmentDocument): void {
    const { trace_id: id } = document;
    const trace = this.traces.get(id) ?? { documents: new Map<string, SegmentDocument>(), bytes: 0 };
    trace.bytes += JSON.stringify(document).length;
    // A caller may send one trace id for ever.
    if (trace.bytes > MAX_TRACE_BYTES) return;
    trace.documents.set(document.id, document);
    this.traces.set(id, trace);
    const [oldest] = this.traces.keys();
    if (this.traces.size > MAX_TRACES && oldest !== undefined) this.traces.delete(oldest);
  }

  ids(): readonly string[] {
    return [...this.traces.keys()];
  }

  /** @returns its segments with what is below each of them, in the order of time; none where the trace is not known */
  segments(traceId: string): readonly WholeSegment[] {
    const documents = [...(this.traces.get(traceId)?.documents.values() ?? [])];
    const parts = new Map<string, SegmentDocument[]>();
    for (const document of documents) {
      const { type, parent_id: parent } = document;
      if (type === 'subsegment' && parent !== undefined)
        parts.set(parent, [...(parts.get(parent) ?? []), document]);
    }
    const whole = ({ type: _type, ...document }: SegmentDocument): WholeSegment => {
      const below = (parts.get(document.id) ?? []).sort(byStart).map(whole);
      return below.length === 0 ? document : { ...document, subsegments: below };
    };
    // Of two that began in the same millisecond, who was called has ended, and been told of, before its caller.
    return documents
      .filter(({ type }) => type !== 'subsegment')
      .reverse()
      .sort(byStart)
      .map(whole);
  }
}

const byStart = (a: SegmentDocument, b: SegmentDocument): number => a.start_time - b.start_time;

export interface ReaderOptions {
  readonly region: string;
  readonly traces: Traces;
  /** Whether who signed may do this. @throws an error named `AccessDenied...` */
  readonly authorize: (accessKeyId: string, action: `xray:${string}`, resource: string) => void;
}

/** https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html */
const batchRequest = z.object({ TraceIds: z.array(z.string().regex(ROOT)).min(1).max(5) });

/** https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html; nothing is filtered, or asked for by pages. */
const summariesRequest = z.strictObject({
  StartTime: z.number(),
  EndTime: z.number(),
  TimeRangeType: z.literal('TraceId').optional(),
  Sampling: z.literal(false).optional(),
});

/** X-Ray's API for those who read traces. */
export function answerReader(
  { region, traces, authorize }: ReaderOptions,
  { method, path, headers, body }: AwsRequest,
): Reply {
  const { accessKeyId } = requireScope(headers.authorization, { region, service: 'xray' });
  const permit = (action: `xray:${string}`) => {
    requirePermission(() => {
      authorize(accessKeyId, action, '*');
    });
  };
  switch (`${method} ${path}`) {
    case 'POST /Traces':
      permit('xray:BatchGetTraces');
      return { status: 200, body: batch(traces, parsed(batchRequest, body).TraceIds) };
    case 'POST /TraceSummaries':
      permit('xray:GetTraceSummaries');
      return { status: 200, body: summaries(traces, parsed(summariesRequest, body)) };
    default:
      throw new AwsError(404, 'UnknownOperationException', `${method} ${path} is not emulated.`);
  }
}

function batch(traces: Traces, ids: readonly string[]): object {
  const found = ids.flatMap((Id) => {
    const segments = traces.segments(Id);
    if (segments.length === 0) return [];
    const documents = segments.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) }));
    return [{ Id, Duration: durationOf(segments), LimitExceeded: false, Segments: documents }];
  });
  return { Traces: found, UnprocessedTraceIds: [] };
}

function summaries(traces: Traces, { StartTime, EndTime }: z.infer<typeof summariesRequest>): object {
  const found = traces.ids().flatMap((Id) => {
    const segments = traces.segments(Id);
    const [first] = segments;
    if (first === undefined || first.start_time < StartTime || first.start_time > EndTime) return [];
    const { request, response } = first.http ?? {};
    const has = (flag: 'fault' | 'error' | 'throttle') => segments.some((segment) => segment[flag] === true);
    return [
      {
        Id,
        StartTime: first.start_time,
        Duration: durationOf(segments),
        ResponseTime: (first.end_time ?? first.start_time) - first.start_time,
        HasFault: has('fault'),
        HasError: has('error'),
        HasThrottle: has('throttle'),
        IsPartial: false,
        Http: { HttpURL: request?.url, HttpMethod: request?.method, HttpStatus: response?.status },
      },
    ];
  });
  return {
    TraceSummaries: found,
    ApproximateTime: Date.now() / 1_000,
    TracesProcessedCount: found.length,
  };
}

function durationOf(segments: readonly SegmentDocument[]): number {
  const begin = Math.min(...segments.map(({ start_time }) => start_time));
  return Math.max(...segments.map(({ start_time, end_time = start_time }) => end_time)) - begin;
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(parseJson(body));
  if (success) return data;
  throw new AwsError(400, 'InvalidRequestException', z.prettifyError(error));
}
