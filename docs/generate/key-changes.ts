import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import recorded from './key-changes.json';

/** A key of the configuration, another value of it, and what callers notice of the change. */
export interface KeyChange {
  readonly key: string;
  readonly to: unknown;
  readonly callers: string;
  /**
   * The stacks to destroy before: a resource whose `region` is not configured keeps the one in its state, so that
   * Terraform would change in the old region what belongs into the new one.
   */
  readonly destroyFirst?: readonly ('primary' | 'secondary' | 'conversations' | 'mlops')[];
}

/** How many resources of each type Terraform changes in each way, in all stacks together. */
export interface Consequences {
  readonly changed: Counts;
  readonly replaced: Counts;
  readonly created: Counts;
  readonly destroyed: Counts;
}

type Counts = Readonly<Record<string, number>>;

const NOTHING = 'nothing';

/**
 * Something below each key of the configuration but `backend`, which moves the state and changes nothing that is
 * deployed. One is changed after the other, each on top of those before it: first what lets the mlops stack be
 * destroyed, at last what replaces most.
 */
export const KEY_CHANGES: readonly KeyChange[] = [
  { key: 'mlops.deletionProtection', to: false, callers: NOTHING },
  { key: 'evacuation.deletionProtection', to: false, callers: NOTHING },
  { key: 'conversations.deletionProtection', to: false, callers: NOTHING },
  { key: 'conversations.retentionDays', to: 14, callers: 'how long what they say from now on is kept' },
  { key: 'mlops.noncurrentVersionDays', to: 30, callers: NOTHING },
  {
    key: 'mlops.baseModel',
    to: 'meta.llama3-1-8b-instruct-v1:0:128k',
    callers: NOTHING,
    destroyFirst: ['mlops'],
  },
  { key: 'tags', to: { application: 'customer-assistant', owner: 'support' }, callers: NOTHING },
  { key: 'logRetentionDays', to: 14, callers: NOTHING },
  { key: 'tracing', to: false, callers: NOTHING },
  { key: 'budget.totalMs', to: 26_000, callers: 'how long the fallback model is waited for' },
  { key: 'budget.primaryMs', to: 14_000, callers: 'how long the primary model is waited for' },
  { key: 'budget.reserveMs', to: 1_500, callers: 'how long the fallback model is waited for' },
  { key: 'streaming.maxSeconds', to: 200, callers: 'how long a streamed answer goes on' },
  { key: 'openai.systemMessages', to: 'refuse', callers: 'whether system messages are refused' },
  { key: 'circuit.failures', to: 6, callers: 'when a failing model is asked no more' },
  { key: 'retryAfterSeconds', to: 60, callers: '`Retry-After`' },
  { key: 'maxRetryAfterSeconds', to: 1, callers: 'when the fallback model is asked' },
  { key: 'maintenanceMessage', to: 'Please come back later.', callers: 'the degraded answer' },
  { key: 'modelConfigPollSeconds', to: 30, callers: 'how soon new rules are followed' },
  {
    key: 'modelConfigRollout',
    to: { minutes: 20, growthPercent: 10, bakeMinutes: 20 },
    callers: 'how soon new rules reach everybody',
  },
  { key: 'modelGeography', to: 'global', callers: 'nothing, as long as rules are deployed' },
  { key: 'modelVendors', to: ['anthropic', 'amazon', 'meta'], callers: NOTHING },
  {
    key: 'callers.keys',
    to: [{ name: 'shop', sha256: 'ab'.repeat(32), created: '2026-11-25' }],
    callers: 'who is let in',
  },
  {
    key: 'callers.limits',
    to: { tokensPerDay: 1_000_000, rate: { requestsPerSecond: 5, burst: 10 } },
    callers: 'when 429 is answered',
  },
  { key: 'throttle.requestsPerSecond', to: 100, callers: 'when 429 is answered' },
  { key: 'throttle.burst', to: 200, callers: 'when 429 is answered' },
  { key: 'waf', to: { requestsIn5Minutes: 2_000, managedRules: true }, callers: 'when 403 is answered' },
  {
    key: 'reservedConcurrency',
    to: { primaryModel: 20, fallbackModel: 20, degradation: 20 },
    callers: 'when degraded',
  },
  { key: 'spend', to: { monthlyUsd: 1_000, emails: ['operators@company.com'] }, callers: NOTHING },
  { key: 'healthCheck.failureThreshold', to: 2, callers: 'how soon they are moved' },
  { key: 'healthCheck.reservedConcurrency', to: 5, callers: NOTHING },
  { key: 'healthCheck.intervalSeconds', to: 30, callers: 'how soon they are moved' },
  { key: 'canary.requestTypes', to: ['default', 'general'], callers: NOTHING },
  { key: 'canary.enabled', to: false, callers: 'they stay with a region whose models are down' },
  { key: 'stage', to: 'production', callers: 'no answer while the stage is made anew' },
  { key: 'domain.hostedZoneId', to: 'Z00000000OTHER', callers: 'no answer until the new zone is asked' },
  { key: 'domain.failover', to: 'ask.rehearsal.internal', callers: 'no answer by the old name' },
  {
    key: 'domain.primary',
    to: 'east.rehearsal.internal',
    callers: 'they may be moved to the secondary meanwhile',
  },
  { key: 'domain.secondary', to: 'west.rehearsal.internal', callers: 'no standby meanwhile' },
  {
    key: 'regions.secondary',
    to: 'us-east-2',
    callers: 'no standby meanwhile',
    destroyFirst: ['secondary'],
  },
  {
    key: 'regions.primary',
    to: 'us-west-1',
    callers: 'they are moved to the secondary meanwhile',
    destroyFirst: ['primary', 'conversations'],
  },
  {
    key: 'guardrail',
    to: { messages: { input: 'I cannot take that.', output: 'I cannot say that.' }, words: ['acme'] },
    callers: 'what is stopped or masked',
  },
  { key: 'guardrail.words', to: ['acme', 'rival'], callers: 'what is stopped or masked' },
  { key: 'accessLogs', to: { accountRole: 'create' }, callers: NOTHING },
  {
    key: 'permissionsBoundary',
    to: 'arn:aws:iam::123456789012:policy/boundary',
    callers: 'failures where it allows less than a role does',
  },
  { key: 'dashboards', to: false, callers: NOTHING },
  { key: 'alarmTopics', to: topicsIn('us-west-1', 'us-east-2'), callers: NOTHING },
  { key: 'project', to: 'other-assistant', callers: 'no answer while all is made anew' },
];

function topicsIn(primary: string, secondary: string) {
  const topics = (region: string) => [`arn:aws:sns:${region}:123456789012:operators`];
  return { primary: topics(primary), secondary: topics(secondary) };
}

/** @throws ConfigError */
export function changeKey(
  config: AssistantConfig,
  { key, to }: Pick<KeyChange, 'key' | 'to'>,
): AssistantConfig {
  const changed = structuredClone(config) as unknown as Record<string, unknown>;
  const steps = key.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((node, step) => node[step] as Record<string, unknown>, changed);
  parent[last] = to;
  return parseConfig(changed);
}

export const RECORDED: Readonly<Record<string, Consequences>> = recorded;

/** What was recorded of each key, in Markdown. */
export function keyChangesTable(): string {
  const rows = KEY_CHANGES.map(({ key, callers, destroyFirst = [] }) => {
    const first = destroyFirst.map((stack) => `\`${stack}\``).join(' and ');
    const { changed = {}, replaced = {}, created = {}, destroyed = {} } = RECORDED[key] ?? {};
    return `| \`${key}\` | ${counts(changed)} | ${counts(replaced)} | ${counts(created)} | ${counts(destroyed)} | ${first && `destroy ${first} first: `}${callers} |`;
  });
  return [
    '| key | changed in place | replaced | created | destroyed | what callers notice |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** A change of everything is not read type by type. */
const SHOWN_TYPES = 5;

function counts(byType: Counts): string {
  const entries = Object.entries(byType);
  if (entries.length === 0) return '–';
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  if (entries.length > SHOWN_TYPES) return `${total} resources of ${entries.length} types`;
  return entries
    .map(([type, count]) => `${count} ${type.replace(/^aws_/, '').replaceAll('_', ' ')}`)
    .join(', ');
}
