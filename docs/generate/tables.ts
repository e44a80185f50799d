import { degradedAnswerSchema, modelAnswerSchema } from '../../contract/api';
import { CANARY_MAX_TOKENS } from '../../contract/failover';
import { ERROR_STATUSES } from '../../contract/openapi';
import { shippedModelConfig } from '../../contract/default-model-config';
import { CANARY_CALLS, canaryPrice, type CanaryPrice } from '../../operator/cost/canary-price';
import { usdFor } from '../../operator/cost/prices';
import { failoverArithmetic, type FailoverTiming } from './failover-arithmetic';
import { REACTIONS, STOP_REASONS, type Reaction, type StopReading } from '../../lambdas/tier/reactions';

/** What the document compares with the configured timing. */
const TIMINGS: readonly FailoverTiming[] = [
  { intervalSeconds: 10, failureThreshold: 1 },
  { intervalSeconds: 10, failureThreshold: 2 },
  { intervalSeconds: 10, failureThreshold: 3 },
  { intervalSeconds: 30, failureThreshold: 1 },
  { intervalSeconds: 30, failureThreshold: 2 },
  { intervalSeconds: 30, failureThreshold: 3 },
];

const NEXT: Readonly<Record<Reaction['then'], string>> = {
  next_tier: 'next tier',
  larger_model: 'a larger model, else 400',
  answer: 'a filtered answer',
  nothing: 'nothing',
};

const COUNTED_AS: Readonly<Record<Reaction['counts'], string>> = {
  bad: 'a failure',
  good: 'a success',
  alive: 'nothing; a success of a probe',
  void: 'nothing',
};

/** The table of what callers get, in Markdown. */
export function contractTable(): string {
  const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const added = Object.keys(degradedAnswerSchema.shape).filter((name) => !(name in modelAnswerSchema.shape));
  const errors = Object.entries(ERROR_STATUSES).map(
    ([status, { when, codes, retryAfter }]) =>
      `| ${status} | ${when}${retryAfter ? '; `Retry-After`' : ''} | ${listed(codes)} |`,
  );
  return [
    '| status | when | body, or `error.code` |',
    '| --- | --- | --- |',
    `| 200 | A model answered: \`tier\` is \`primary\` or \`fallback\` | ${listed(Object.keys(modelAnswerSchema.shape))} |`,
    `| 200 | None could: \`tier\` is \`degraded\`; \`Retry-After\` | the same, the maintenance message as \`answer\`, and ${listed(added)} |`,
    ...errors,
  ].join('\n');
}

/** The table of reactions, in Markdown. */
export function reactionsTable(): string {
  const rows = Object.entries(REACTIONS).map(
    ([failure, { meaning, retries, then, cause, counts, alarms }]) => {
      return `| \`${failure}\` | ${meaning} | ${retries === 1 ? 'once' : 'no'} | ${NEXT[then]} | ${cause} | ${COUNTED_AS[counts]} | ${alarms ? 'yes' : 'no'} |`;
    },
  );
  return [
    '| failure | when | retried | then | who can cause it | its circuit counts it as | alarms |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

const READINGS: Readonly<Record<StopReading, string>> = {
  answer: 'the text is the answer',
  cut: 'the text is returned; `stopReason` says that it was cut',
  filtered: 'a result, returned as such',
  no_answer: '`no_answer`, as above',
};

/** The table of stop reasons, in Markdown. */
export function stopReasonsTable(): string {
  const rows = Object.entries(STOP_REASONS).map(
    ([stop, reading]) => `| \`${stop}\` | ${reading ? READINGS[reading] : ''} |`,
  );
  return ['| stop reason | what becomes of the text |', '| --- | --- |', ...rows].join('\n');
}

/** The table of failover timings, in Markdown, with the configured row marked. */
export function failoverTable(configured: FailoverTiming): string {
  const isConfigured = ({ intervalSeconds, failureThreshold }: FailoverTiming) =>
    intervalSeconds === configured.intervalSeconds && failureThreshold === configured.failureThreshold;
  const timings = TIMINGS.some(isConfigured) ? TIMINGS : [...TIMINGS, configured];
  const rows = timings.map((timing) => {
    const sum = failoverArithmetic(timing);
    const mark = isConfigured(timing) ? ' **(configured)**' : '';
    const usd = [sum.checksUsd, sum.requestsUsd].map((value) => value.toFixed(2)).join(' | ');
    const million = (sum.healthRequests / 1_000_000).toFixed(1);
    return `| ${timing.intervalSeconds} s × ${timing.failureThreshold}${mark} | ${sum.worstSecondsToMove} s | ${usd} | ${million} million |`;
  });
  return [
    '| interval × threshold | worst time to move | checks, USD a month | their requests, USD a month | probes of the health path, a month and region |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** The table of what the canary costs, in Markdown. */
export function canaryTable({
  canary,
  regions,
}: {
  readonly canary: { readonly requestTypes: readonly string[] };
  readonly regions: { readonly primary: string };
}): string {
  const rules = shippedModelConfig();
  const executions = usdFor('stepFunctionsRequests', CANARY_CALLS) + usdFor('lambdaRequests', CANARY_CALLS);
  const priced = canary.requestTypes.map((type) => {
    const price = canaryPrice(rules, type, regions.primary);
    return { ...price, usd: 2 * (price.usd + executions), mostUsd: 2 * (price.mostUsd + executions) };
  });
  const sum = (read: (price: CanaryPrice) => number) =>
    priced.reduce((total, price) => total + read(price), 0).toFixed(2);
  return [
    `| request type | model that answers | USD a month, both regions | at most, with ${CANARY_MAX_TOKENS} tokens an answer |`,
    '| --- | --- | --- | --- |',
    ...priced.map(
      ({ type, modelId, usd, mostUsd }) =>
        `| \`${type}\` | \`${modelId}\` | ${usd.toFixed(2)} | ${mostUsd.toFixed(2)} |`,
    ),
    `| all | | ${sum(({ usd }) => usd)} | ${sum(({ mostUsd }) => mostUsd)} |`,
  ].join('\n');
}
