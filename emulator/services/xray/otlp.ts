import { setTimeout as sleep } from 'node:timers/promises';
import type { SegmentDocument } from './segment';

export interface OtlpTarget {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`, e.g. http://127.0.0.1:4318 */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** OpenTelemetry's defaults for a batch: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor */
const MAX_QUEUE = 2_048;
const MAX_BATCH = 512;
const DELAY_MS = 1_000;
const TIMEOUT_MS = 10_000;

/**
 * @param environment with OpenTelemetry's own variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @returns undefined where nothing is to be exported
 * @throws Error for what cannot be sent, without a word of it: there may be a password in a URL, a key in a header
 */
export function otlpTarget(environment: NodeJS.ProcessEnv): OtlpTarget | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '', OTEL_EXPORTER_OTLP_HEADERS: headers = '' } =
    environment;
  if (endpoint === '') return undefined;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!/^https?:$/.test(url?.protocol ?? '') || url?.username !== '' || url.password !== '')
    throw new Error('OTEL_EXPORTER_OTLP_ENDPOINT must be like http://127.0.0.1:4318, without a password.');
  return { endpoint, headers: headersOf(headers) };
}

function headersOf(text: string): OtlpTarget['headers'] {
  try {
    const named = text
      .split(',')
      .filter((header) => header.includes('='))
      .map((header) => header.split(/=(.*)/s, 2).map((part) => decodeURIComponent(part.trim())));
    return Object.fromEntries(new Headers(named as [string, string][]));
  } catch {
    throw new Error('OTEL_EXPORTER_OTLP_HEADERS must be like x-key=a%20b,x-other=c, with % as %25.');
  }
}

/** Sends X-Ray's documents as OpenTelemetry's spans, by OTLP over HTTP, in JSON. Nothing waits for it. */
export class OtlpExporter {
  private readonly queue: object[] = [];
  private readonly closed = new AbortController();
  private sending: Promise<void> | undefined;
  private hasWarned = false;

  constructor(
    private readonly target: OtlpTarget,
    private readonly warn: (line: string) => void,
    private readonly delayMs = DELAY_MS,
  ) {}

  add(document: SegmentDocument, service: string, region: string): void {
    if (this.closed.signal.aborted || document.end_time === undefined) return;
    // Who does not take them in time loses the oldest.
    if (this.queue.length >= MAX_QUEUE) this.queue.shift();
    this.queue.push(resourceSpans(document, service, region));
    this.sending ??= this.send();
  }

  /** Sends what there is, and takes no more. */
  async close(): Promise<void> {
    this.closed.abort();
    await this.sending;
  }

  private async send(): Promise<void> {
    while (this.queue.length > 0) {
      await sleep(this.delayMs, undefined, { signal: this.closed.signal }).catch(() => undefined);
      await this.post(this.queue.splice(0, MAX_BATCH));
    }
    this.sending = undefined;
  }

  private async post(spans: readonly object[]): Promise<void> {
    const { endpoint, headers } = this.target;
    const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: spans }),
        signal: AbortSignal.timeout(this.closed.signal.aborted ? 1_000 : TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`it answers ${response.status}`);
      this.hasWarned = false;
    } catch (error) {
      if (!this.hasWarned) this.warn(`Traces are lost: ${url} does not take them (${reasonOf(error)}).`);
      this.hasWarned = true;
    }
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
}

const KINDS = { internal: 1, server: 2, client: 3 } as const;
const ERROR_STATUS = 2;

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
export function resourceSpans(document: SegmentDocument, service: string, region: string): object {
  const { trace_id, id, parent_id, name, type, namespace, start_time, end_time = start_time } = document;
  const { error, fault, annotations = {}, metadata = {}, http, resource_arn, origin } = document;
  const kind = type === undefined ? KINDS.server : namespace === undefined ? KINDS.internal : KINDS.client;
  const span = {
    traceId: trace_id.replace(/^1-/, '').replace('-', ''),
    spanId: id,
    ...(parent_id !== undefined && { parentSpanId: parent_id }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(start_time),
    endTimeUnixNano: nanoseconds(end_time),
    attributes: attributes({
      ...annotations,
      ...metadata.default,
      'http.request.method': http?.request?.method,
      'url.full': http?.request?.url,
      'http.response.status_code': http?.response?.status,
      'aws.xray.origin': origin,
      'cloud.resource_id': resource_arn,
    }),
    status: error === true || fault === true ? { code: ERROR_STATUS } : {},
  };
  const resource = { 'service.name': service, 'cloud.provider': 'aws', 'cloud.region': region };
  return {
    resource: { attributes: attributes(resource) },
    scopeSpans: [{ scope: { name: '@assistant/emulator' }, spans: [span] }],
  };
}

/** As text, since a number of JSON has too few digits. */
const nanoseconds = (seconds: number): string => String(BigInt(Math.round(seconds * 1e6)) * 1_000n);

const attributes = (values: Readonly<Record<string, unknown>>): readonly object[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );

function anyValue(value: unknown): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}
