import type { SegmentDocument } from './segment';

/** Traces that are kept, and bytes of each; AWS keeps 30 days, and half a megabyte: https://aws.amazon.com/xray/pricing/ */
const MAX_TRACES = 500;
const MAX_TRACE_BYTES = 500_000;

interface Trace {
  readonly documents: Map<string, SegmentDocument>;
  bytes: number;
}

/** A segment, put together of what has come of it. */
export interface WholeSegment extends SegmentDocument {
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
