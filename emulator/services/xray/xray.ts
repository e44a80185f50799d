import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { z } from 'zod';
import type { Intercept } from '../../platform/faults/effects';
import { withEffect } from '../../platform/faults/with-effect';
import { AwsError } from '../../platform/http/aws-error';
import { AwsServer, parseJson, type AwsRequest, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import type { Resource } from '../../stack/resource';
import { readDatagram } from './document';
import { Sampler, type SampledRequest } from './sampling';
import { Segment, untraced, type SegmentDocument, type SegmentFields, type Span } from './segment';
import { newTraceId, ROOT, type TraceHeader } from './trace-header';
import { Traces } from './traces';

export interface XRayOptions {
  readonly region: string;
  readonly resources: readonly Resource[];
  /** Milliseconds since the epoch, whose seconds sampling counts by. */
  readonly now: () => number;
  /** Whether a role may do this. @throws an error named `AccessDenied...` */
  readonly authorizeRole: (roleArn: string, action: `xray:${string}`) => void;
  /** Whether who signed may do this. @throws an error named `AccessDenied...` */
  readonly authorize: (accessKeyId: string, action: `xray:${string}`, resource: string) => void;
  /** Told of each document that is kept, with the service that it is of. */
  readonly onDocument?: ((document: SegmentDocument, service: string) => void) | undefined;
  /** Takes why a document was refused. */
  readonly onLog: (line: string) => void;
  /** What is wrong with the API; default: nothing. */
  readonly intercept?: Intercept;
}

/** A service that takes part in traces. */
export interface TracedService extends SampledRequest {
  /** Whether it decides on its own where nobody has, and records what is decided to be. */
  readonly isActive: boolean;
  /** In whose name it writes. @default - the service's own */
  readonly role?: string;
  readonly fields?: Partial<SegmentFields>;
}

/** Segments of functions whose parts may still come. */
const MAX_WRITERS = 10_000;

/** https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html */
const batchRequest = z.object({ TraceIds: z.array(z.string().regex(ROOT)).min(1).max(5) });

/** https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html; nothing is filtered, or asked for by pages. */
const summariesRequest = z.strictObject({
  StartTime: z.number(),
  EndTime: z.number(),
  TimeRangeType: z.literal('TraceId').optional(),
  Sampling: z.literal(false).optional(),
});

/** X-Ray in one region: what services and functions tell of requests that are recorded, and who asks for it. */
export class XRay {
  private readonly traces = new Traces();
  private readonly sampler: Sampler;
  private readonly writers = new Map<string, string>();
  private readonly server: AwsServer;
  private daemon: Socket | undefined;

  constructor(private readonly options: XRayOptions) {
    const { resources, now, intercept } = options;
    this.sampler = new Sampler(resources, { now });
    this.server = new AwsServer({
      maxBodyBytes: 10_240,
      handle: (request) =>
        withEffect(intercept?.(), async () => Promise.resolve(this.handle(request)), request.signal),
    });
  }

  /** @returns the API's endpoint, and the daemon's address as Lambda gives it to functions */
  async listen(): Promise<{ readonly endpoint: string; readonly daemon: string }> {
    const socket = createSocket('udp4').on('message', this.receive);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    this.daemon = socket;
    return { endpoint: await this.server.listen(), daemon: `127.0.0.1:${socket.address().port}` };
  }

  async close(): Promise<void> {
    this.daemon?.close();
    await this.server.close();
  }

  /** Takes other sampling rules into force. */
  declare(resources: readonly Resource[]): void {
    this.sampler.declare(resources);
  }

  /** A request has come to a service. */
  begin(header: TraceHeader | undefined, service: TracedService): Span {
    const { root, parent, sampled } = header ?? { root: newTraceId() };
    if (!service.isActive) return untraced({ root, parent, sampled });
    if (!(sampled ?? this.sampler.isSampled(service))) return untraced({ root, parent, sampled: false });
    const { role, serviceName: name, serviceType: origin, resourceArn: resource_arn } = service;
    if (role !== undefined && !this.mayWrite(role)) return untraced({ root, parent, sampled: true });
    const segment = new Segment(
      { root, parent },
      { name, origin, resource_arn, ...service.fields },
      this.keep,
    );
    if (role !== undefined) this.admit(segment.id, name);
    return segment;
  }

  private mayWrite(role: string): boolean {
    try {
      this.options.authorizeRole(role, 'xray:PutTraceSegments');
      return true;
    } catch (error) {
      this.options.onLog((error as Error).message);
      return false;
    }
  }

  private admit(id: string, service: string): void {
    this.writers.set(id, service);
    const [oldest] = this.writers.keys();
    if (this.writers.size > MAX_WRITERS && oldest !== undefined) this.writers.delete(oldest);
  }

  private readonly keep = (document: SegmentDocument, service: string): void => {
    this.traces.add(document);
    this.options.onDocument?.(document, service);
  };

  /**
   * What a function has sent to the daemon. AWS takes it in the name of the function's role; here, a port is all
   * functions', and whose a document is, its parent says: what has none that is recorded, and may be written, is refused.
   */
  private readonly receive = (datagram: Buffer): void => {
    const document = readDatagram(datagram);
    if (typeof document === 'string') {
      this.options.onLog(`A document is refused: ${document}`);
      return;
    }
    const service = this.writers.get(document.parent_id ?? '');
    if (service === undefined) return;
    this.admit(document.id, service);
    this.keep(document, service);
  };

  private handle({ method, path, headers, body }: AwsRequest): Reply {
    const { region, authorize } = this.options;
    const { accessKeyId } = requireScope(headers.authorization, { region, service: 'xray' });
    const permit = (action: `xray:${string}`) => {
      requirePermission(() => {
        authorize(accessKeyId, action, '*');
      });
    };
    switch (`${method} ${path}`) {
      case 'POST /Traces':
        permit('xray:BatchGetTraces');
        return { status: 200, body: this.batch(parsed(batchRequest, body).TraceIds) };
      case 'POST /TraceSummaries':
        permit('xray:GetTraceSummaries');
        return { status: 200, body: this.summaries(parsed(summariesRequest, body)) };
      default:
        throw new AwsError(404, 'UnknownOperationException', `${method} ${path} is not emulated.`);
    }
  }

  private batch(ids: readonly string[]): object {
    const traces = ids.flatMap((Id) => {
      const segments = this.traces.segments(Id);
      if (segments.length === 0) return [];
      const documents = segments.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) }));
      return [{ Id, Duration: durationOf(segments), LimitExceeded: false, Segments: documents }];
    });
    return { Traces: traces, UnprocessedTraceIds: [] };
  }

  private summaries({ StartTime, EndTime }: z.infer<typeof summariesRequest>): object {
    const summaries = this.traces.ids().flatMap((Id) => {
      const segments = this.traces.segments(Id);
      const [first] = segments;
      if (first === undefined || first.start_time < StartTime || first.start_time > EndTime) return [];
      const { request, response } = (first.http ?? {}) as HttpData;
      const has = (flag: 'fault' | 'error' | 'throttle') =>
        segments.some((segment) => segment[flag] === true);
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
      TraceSummaries: summaries,
      ApproximateTime: Date.now() / 1_000,
      TracesProcessedCount: summaries.length,
    };
  }
}

interface HttpData {
  readonly request?: { readonly url?: string; readonly method?: string };
  readonly response?: { readonly status?: number };
}

function durationOf(segments: readonly SegmentDocument[]): number {
  const begin = Math.min(...segments.map(({ start_time }) => start_time));
  return Math.max(...segments.map(({ start_time, end_time = start_time }) => end_time)) - begin;
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(parseJson(body));
  if (success) return data;
  throw new AwsError(400, 'InvalidRequestException', z.prettifyError(error), {}, {});
}
