import { number, text } from '../../stack/values';
import type { Resource } from '../../stack/resource';

/** What a rule is held against; a service knows of itself some of it. */
export interface SampledRequest {
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

interface SamplerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random?: (() => number) | undefined;
}

/** Decides by `aws_xray_sampling_rule`, in the order of priorities, which requests are recorded. */
export class Sampler {
  private rules: readonly Rule[] = [];

  constructor(
    resources: readonly Resource[],
    private readonly options: SamplerOptions,
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
    const { now, random = Math.random } = this.options;
    const second = Math.floor(now() / 1_000);
    if (rule.taken.second !== second) Object.assign(rule.taken, { second, count: 0 });
    rule.taken.count += 1;
    return rule.taken.count <= rule.reservoir || random() < rule.rate;
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
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 'i');
  return (value) => value !== undefined && expression.test(value);
}
