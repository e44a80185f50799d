import type { Trace } from '@aws-sdk/client-xray';
import { hanging, type Block } from '../command/layout';

/** What is read of X-Ray's segment documents. */
interface SegmentDocument {
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly origin?: string;
  readonly namespace?: string;
  /** Made up by X-Ray, of a call whose other side tells nothing. */
  readonly inferred?: boolean;
  readonly error?: boolean;
  readonly fault?: boolean;
  readonly throttle?: boolean;
  readonly http?: {
    readonly request?: { readonly method?: string; readonly url?: string };
    readonly response?: { readonly status?: number };
  };
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly metadata?: { readonly default?: Readonly<Record<string, unknown>> };
  readonly subsegments?: readonly SegmentDocument[];
}

/** A part of a request's way. */
export interface TraceNode {
  readonly name: string;
  /** Milliseconds after the trace's begin. */
  readonly at: number;
  /** Milliseconds; null while it is under way. */
  readonly took: number | null;
  readonly request?: string;
  readonly status?: number;
  /** What it ended with, where it failed. */
  readonly failure?: string;
  /** OpenTelemetry's. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly parts: readonly TraceNode[];
}

/** Puts a trace's segments together by who called whom; a call and what was called are one where both are told. */
export function traceTree(trace: Pick<Trace, 'Segments'>): readonly TraceNode[] {
  const segments = segmentsOf(trace);
  const begin = beginOf(segments);
  const ids = new Set(segments.flatMap(idsWithin));
  const partsOf = (of: SegmentDocument): readonly SegmentDocument[] =>
    [...(of.subsegments ?? []), ...segments.filter(({ parent_id: parent }) => parent === of.id)].sort(
      byStart,
    );
  const nodes = (of: SegmentDocument): readonly TraceNode[] => {
    const parts = partsOf(of);
    if (parts.length > 0 && isMerelyACall(of, parts)) return parts.flatMap(nodes);
    return [nodeOf(of, begin, parts.flatMap(nodes))];
  };
  // Of a trace that others have begun, the caller's part may be missing.
  const isRoot = ({ parent_id: parent }: SegmentDocument) => parent === undefined || !ids.has(parent);
  return segments.filter(isRoot).sort(byStart).flatMap(nodes);
}

/** @returns when it began, in ISO 8601; X-Ray may have no segment of it yet */
export function begunAt(trace: Pick<Trace, 'Segments'>): string {
  const begin = beginOf(segmentsOf(trace));
  return Number.isFinite(begin) ? new Date(begin * 1_000).toISOString() : 'an unknown time';
}

const segmentsOf = ({ Segments = [] }: Pick<Trace, 'Segments'>): readonly SegmentDocument[] =>
  Segments.map(({ Document = '{}' }) => JSON.parse(Document) as SegmentDocument).filter(
    ({ inferred }) => inferred !== true,
  );

const beginOf = (segments: readonly SegmentDocument[]): number =>
  Math.min(...segments.map(({ start_time }) => start_time));

const byStart = (a: SegmentDocument, b: SegmentDocument): number => a.start_time - b.start_time;

const idsWithin = ({ id, subsegments = [] }: SegmentDocument): readonly string[] => [
  id,
  ...subsegments.flatMap(idsWithin),
];

/** Lambda tells of an invocation twice, as a service and as a function; who called, a third time. */
const isMerelyACall = ({ namespace, origin }: SegmentDocument, parts: readonly SegmentDocument[]): boolean =>
  namespace === 'aws' ||
  (origin === 'AWS::Lambda' && parts.some((part) => part.origin === 'AWS::Lambda::Function'));

function nodeOf(of: SegmentDocument, begin: number, parts: readonly TraceNode[]): TraceNode {
  const { name, start_time, end_time, http, annotations = {}, metadata } = of;
  const failure = failureOf(of);
  const { method, url } = http?.request ?? {};
  const status = http?.response?.status;
  return {
    name,
    at: milliseconds(start_time - begin),
    took: end_time === undefined ? null : milliseconds(end_time - start_time),
    ...(url !== undefined && { request: `${method ?? ''} ${pathOf(url)}`.trim() }),
    ...(status !== undefined && { status }),
    ...(failure !== undefined && { failure }),
    attributes: { ...annotations, ...metadata?.default },
    parts,
  };
}

function failureOf({ throttle, fault, error, annotations }: SegmentDocument): string | undefined {
  const type = annotations?.['error.type'];
  if (typeof type === 'string') return type;
  if (throttle === true) return 'throttled';
  if (fault === true) return 'fault';
  return error === true ? 'error' : undefined;
}

const milliseconds = (seconds: number): number => Math.max(0, Math.round(seconds * 1_000));

/** Of an URL, what comes after the host; whoever wrote it writes nothing else to a terminal by it. */
export const pathOf = (url: string): string =>
  url.replace(/^[a-z]+:\/\/[^/]+/, '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, encodeURIComponent);

/** A part of the way, and how many others it is within. */
interface TraceStep extends Pick<TraceNode, 'at' | 'took'> {
  readonly depth: number;
  readonly what: string;
  readonly failed: boolean;
}

/** @returns all parts, each followed by those within it */
export const traceSteps = (nodes: readonly TraceNode[], depth = 0): readonly TraceStep[] =>
  nodes.flatMap((node) => {
    const { at, took, failure, parts } = node;
    return [
      { at, took, depth, what: describe(node), failed: failure !== undefined },
      ...traceSteps(parts, depth + 1),
    ];
  });

/** Columns before a name: when it began, and how long it took. */
const TIMES = 20;

/** A line for each part. */
export const treeLines = (nodes: readonly TraceNode[]): readonly Block[] =>
  traceSteps(nodes).map(({ at, took, depth, what }) => {
    const indent = ' '.repeat(2 * depth);
    const times = `${`+${at}`.padStart(7)} ${(took === null ? 'under way' : `${took} ms`).padStart(10)}  `;
    return hanging(`${times}${indent}${what}`, TIMES + indent.length + 2);
  });

function describe({ name, request, status, failure, attributes }: TraceNode): string {
  const first = attributes['gen_ai.response.time_to_first_chunk'];
  const { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output } = attributes;
  const told = [
    ...(request === undefined ? [] : [request]),
    ...(status === undefined || (status === 200 && request === undefined) ? [] : [String(status)]),
    ...(failure === undefined ? [] : [`FAILED: ${failure}`]),
    ...(typeof first === 'number' ? [`first sign after ${Math.round(first * 1_000)} ms`] : []),
    ...(typeof input === 'number' && typeof output === 'number' ? [`${input} + ${output} tokens`] : []),
  ];
  return told.length === 0 ? name : `${name}: ${told.join(', ')}`;
}
