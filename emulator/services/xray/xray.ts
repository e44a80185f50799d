import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsServer } from '../../platform/http/server';
import { wildcard } from '../../platform/policy/policy';
import type { Resource } from '../../stack/resource';
import { number, text } from '../../stack/values';
import { readDatagram } from './document';
import {
  newTraceId,
  Segment,
  type SegmentDocument,
  type SegmentFields,
  type Span,
  type TraceHeader,
  untraced,
} from './segment';
import { answerReader, type ReaderOptions, Traces } from './traces';

export interface XRayOptions extends Omit<ReaderOptions, 'traces'> {
  readonly resources: readonly Resource[];
  /** Milliseconds since the epoch, whose seconds sampling counts by. */
  readonly now: () => number;
  /** Whether a role may do this. @throws an error named `AccessDenied...` */
  readonly authorizeRole: (roleArn: string, action: `xray:${string}`) => void;
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

/** X-Ray in one region: what services and functions tell of requests that are recorded, and who asks for it. */
export class XRay {
  private readonly traces = new Traces();
  private readonly sampler: Sampler;
  private readonly writers = new Map<string, string>();
  private readonly server: AwsServer;
  private daemon: Socket | undefined;

  constructor(private readonly options: XRayOptions) {
    const { region, authorize, resources, now, intercept } = options;
    const api = { region, authorize, traces: this.traces };
    this.sampler = new Sampler(resources, now);
    this.server = new AwsServer({
      maxBodyBytes: 10_240,
      handle: (request) => withEffect(intercept?.(), () => answerReader(api, request), request.signal),
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
}

/** What a rule is held against; a service knows of itself some of it. */
interface SampledRequest {
  readonly serviceName: string;
  readonly serviceType: string;
  readonly resourceArn: string;
  readonly host?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
}

interface Rule {
  readonly matches: (request: SampledRequest) => boolean;
  /** Of each second, so many requests are recorded first, */
  readonly reservoir: number;
  /** and of the others this share. */
  readonly rate: number;
  readonly taken: { second: number; count: number };
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html: the rule that is there in each account */
const DEFAULT = { reservoir: 1, rate: 0.05 };

/** Decides by `aws_xray_sampling_rule`, in the order of priorities, which requests are recorded. */
class Sampler {
  private rules: readonly Rule[] = [];

  /** @param now milliseconds since the epoch */
  constructor(
    resources: readonly Resource[],
    private readonly now: () => number,
  ) {
    this.declare(resources);
  }

  declare(resources: readonly Resource[]): void {
    const declared = resources
      .filter(({ type }) => type === 'aws_xray_sampling_rule')
      .sort((a, b) => number(a, 'priority') - number(b, 'priority'))
      .map((rule) => ({
        matches: matcher(rule),
        reservoir: number(rule, 'reservoir_size'),
        rate: number(rule, 'fixed_rate'),
      }));
    this.rules = [...declared, { matches: () => true, ...DEFAULT }].map((rule) => ({
      ...rule,
      taken: { second: 0, count: 0 },
    }));
  }

  isSampled(request: SampledRequest): boolean {
    const rule = this.rules.find(({ matches }) => matches(request));
    if (rule === undefined) return false;
    const second = Math.floor(this.now() / 1_000);
    if (rule.taken.second !== second) Object.assign(rule.taken, { second, count: 0 });
    rule.taken.count += 1;
    return rule.taken.count <= rule.reservoir || Math.random() < rule.rate;
  }
}

function matcher(rule: Resource): Rule['matches'] {
  const argument = (name: string) => glob(text(rule, name));
  const name = argument('service_name');
  const type = argument('service_type');
  const arn = argument('resource_arn');
  const [host, method, path] = [argument('host'), argument('http_method'), argument('url_path')];
  return (request) =>
    name(request.serviceName) &&
    type(request.serviceType) &&
    arn(request.resourceArn) &&
    host(request.host) &&
    method(request.method) &&
    path(request.path);
}

/** `*` stands for anything, also for what a service does not know, and `?` for one character. */
function glob(pattern: string): (value: string | undefined) => boolean {
  if (pattern === '*') return () => true;
  const expression = wildcard(pattern, 'i');
  return (value) => value !== undefined && expression.test(value);
}
