import {
  paginateListAWSDefaultServiceQuotas,
  paginateListServiceQuotas,
  type ServiceQuota,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { bad, type Check, good, unknown, warning } from '../command/check';
import { counted } from '../command/words';
import { groupBy } from '../statistics/group-by';
import type { ModelFacts } from './facts';

/** A quota of Bedrock in a region. */
export interface Quota {
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly byDefault: number;
  /** Whether the value is the account’s own; AWS does not tell it of every quota. */
  readonly isOwn: boolean;
}

/** The most that AWS takes: it allows ten calls a second, and Bedrock has quotas for each model. */
const PAGE = 100;

/** What applies to the account: where AWS tells nothing of that, its default. */
export async function bedrockQuotas(client: ServiceQuotasClient): Promise<readonly Quota[]> {
  const [pages, of] = [{ client, pageSize: PAGE }, { ServiceCode: 'bedrock' }];
  const quotas = new Map<string, Quota>();
  const add = (listed: readonly ServiceQuota[], isOwn: boolean): void => {
    for (const { QuotaCode: code = '', QuotaName: name = '', Value: value } of listed) {
      // Left out where AWS could not read it (ErrorReason).
      if (value === undefined) continue;
      quotas.set(code, { code, name, value, byDefault: quotas.get(code)?.byDefault ?? value, isOwn });
    }
  };
  for await (const { Quotas = [] } of paginateListAWSDefaultServiceQuotas(pages, of)) add(Quotas, false);
  for await (const { Quotas = [] } of paginateListServiceQuotas(pages, of)) add(Quotas, true);
  return [...quotas.values()];
}

/** What AWS counts apart: calls of the model itself, by a geography's profile, and by a global one. */
type Scope = 'on demand' | 'geography' | 'global';

/**
 * How a quota's name begins, for the calls that it is of. Both ways of AWS to word it, "model inference" and
 * "InvokeModel", are of all calls, Converse's as well (Bedrock user guide, "Quotas for the bedrock-runtime endpoint").
 * What begins otherwise is of something else: batches, latency-optimized calls, the bedrock-mantle endpoint.
 */
const SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  'on demand model inference': ['on demand'],
  'on demand invokemodel': ['on demand'],
  invokemodel: ['on demand'],
  'cross region model inference': ['geography'],
  'cross region invokemodel': ['geography'],
  'global cross region model inference': ['global'],
  'global cross region invokemodel': ['global'],
  'model invocation max': ['on demand', 'geography'],
};

type Unit = 'tokens per minute' | 'requests per minute' | 'tokens per day';

interface NamedQuota extends Quota {
  readonly unit: Unit;
  readonly scopes: readonly Scope[];
  readonly modelName: string;
}

const NAME =
  /^(.+?) (tokens per minute|requests per minute|tokens per day) for (.+?)(?: \(doubled for [^)]*\))?$/i;

function parseQuota(quota: Quota): readonly NamedQuota[] {
  const [, begin = '', unit = '', modelName = ''] = NAME.exec(quota.name) ?? [];
  const scopes = SCOPES[begin.toLowerCase().replaceAll('-', ' ')];
  return scopes === undefined ? [] : [{ ...quota, unit: unit.toLowerCase() as Unit, scopes, modelName }];
}

/** "Anthropic Claude 3.5 Haiku V1" and "Claude 3.5 Haiku" are one: in any order, without the provider and the first version. */
const wordsOf = (name: string, provider: string): readonly string[] =>
  splitWords(name)
    .filter((word) => word !== 'v1' && !splitWords(provider).includes(word))
    .sort();

const splitWords = (text: string): readonly string[] => text.toLowerCase().match(/[a-z0-9.]+/g) ?? [];

function scopeOf(profile: ModelFacts['profile']): Scope {
  if (profile === undefined || !('is' in profile)) return 'on demand';
  const regions = new Set((profile.is.models ?? []).map(({ modelArn = '' }) => modelArn.split(':')[3]));
  if (regions.has('')) return 'global';
  return regions.size > 1 ? 'geography' : 'on demand';
}

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  'on demand': 'on demand',
  geography: 'by a geography’s profile',
  global: 'by a global profile',
};

/** What is asked of a model in a minute. */
interface Load {
  /** The longest answer that a rule lets it give. */
  readonly maxTokens: number;
  /** Requests in the busiest minute, where somebody has said so. */
  readonly perMinute: number | undefined;
}

/** As `cost` assumes it. */
const INPUT_TOKENS = 300;

/**
 * Bedrock takes a request's input and its maxTokens from the quota when it begins. What an answer has cost in the end
 * may be more, a token of some models counting as several (Bedrock user guide, "How tokens are counted in Amazon
 * Bedrock"): this is the most that fits.
 */
const fitting = ({ unit, value }: NamedQuota, { maxTokens }: Load): number =>
  unit === 'tokens per minute' ? Math.floor(value / (INPUT_TOKENS + maxTokens)) : value;

const SERVICE_QUOTAS = 'Service Quotas, Amazon Bedrock, in this region';
const count = (value: number): string => value.toLocaleString('en-US');

function said({ name, value, byDefault, isOwn }: Quota): string {
  const less = value < byDefault ? ` (AWS’s default: ${count(byDefault)})` : '';
  return `“${name}” is ${count(value)}${isOwn ? less : ' by AWS’s default (the account’s own is not told)'}`;
}

const askFor = ({ code }: Quota): string =>
  `Ask for more before callers come: ${SERVICE_QUOTAS} (${code}), or AWS’s support.`;

/** Whether the account may call a model as often as it is to be. */
export function quotaCheck(
  check: string,
  quotas: readonly Quota[],
  { provider, name }: { readonly provider: string; readonly name: string },
  profile: ModelFacts['profile'],
  load: Load,
): Check {
  const scope = scopeOf(profile);
  const wanted = wordsOf(name, provider);
  const named = quotas
    .flatMap(parseQuota)
    .map((quota) => ({ ...quota, words: wordsOf(quota.modelName, provider) }));
  const own = named.filter(({ scopes, words }) => scopes.includes(scope) && words.join() === wanted.join());
  const aMinute = own.filter(({ unit }) => unit !== 'tokens per day');

  const none = own.find(({ value }) => value === 0);
  if (none !== undefined) return bad(check, `${said(none)}: no call gets through`, askFor(none));
  const [alike] = groupBy(own, ({ unit }) => unit).filter(({ length }) => length > 1);
  if (alike !== undefined)
    return unknown(
      check,
      `it may be one or another: ${alike.map(said).join('; ')}. Look there: ${SERVICE_QUOTAS}`,
    );
  if (aMinute.length === 0) {
    const near = named.filter(({ words }) => wanted.every((word) => words.includes(word))).slice(0, 2);
    const others = near.length === 0 ? '' : ` (not taken for it: ${near.map(said).join('; ')})`;
    const what = `${provider} ${name}, ${SCOPE_WORDS[scope]}`;
    return unknown(check, `no quota has the name of ${what}${others}. Look there: ${SERVICE_QUOTAS}`);
  }

  const tell = (quota: NamedQuota): string =>
    quota.unit === 'tokens per minute'
      ? `${said(quota)}: at most ${counted(fitting(quota, load), 'request')} a minute, of ${INPUT_TOKENS} tokens and maxTokens ${count(load.maxTokens)}`
      : said(quota);
  const told = aMinute.map(tell).join('; ');
  const { perMinute = 0 } = load;
  const scarce = aMinute.find((quota) => fitting(quota, load) < perMinute);
  if (scarce !== undefined)
    return warning(
      check,
      `too little for ${counted(perMinute, 'request')} a minute: ${told}`,
      askFor(scarce),
    );
  const less = own.find(({ value, byDefault }) => value < byDefault);
  if (less !== undefined) {
    const others = aMinute.includes(less) ? '' : `; ${said(less)}`;
    return warning(check, `less than AWS’s default: ${told}${others}`, askFor(less));
  }
  return good(check, told);
}
