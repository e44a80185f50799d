import { App, Testing } from 'cdktf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig, Role } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { METRICS } from '../../contract/metrics';
import { createMetrics } from '../../lambdas/adapters/metrics';
import type { Metrics } from '../../lambdas/tier/telemetry';
import { ROOT, shippedConfig, type ResourceJson, type StackJson } from '../support/synthesize';

const outdir = mkdtempSync(join(tmpdir(), 'assistant-alarms-'));
afterAll(() => {
  rmSync(outdir, { recursive: true, force: true });
});

/** A region's stack with some values configured otherwise. */
function resourcesOf(
  overrides: Partial<AssistantConfig> = {},
  role: Role = 'primary',
): StackJson['resource'] {
  const config = parseConfig({ ...shippedConfig(), ...overrides });
  const stack = new RegionalStack(new App({ outdir }), role, { config, role });
  return (JSON.parse(Testing.synth(stack)) as StackJson).resource;
}

const SYNTHESIZED = resourcesOf();

/** By what their names have after the project's. */
const alarmsIn = (resource: StackJson['resource']): ReadonlyMap<string, ResourceJson> =>
  new Map(
    Object.values(resource.aws_cloudwatch_metric_alarm ?? {}).map((alarm) => [
      (alarm.alarm_name as string).slice(shippedConfig().project.length + 1),
      alarm,
    ]),
  );
const alarmsOf = (...args: Parameters<typeof resourcesOf>) => alarmsIn(resourcesOf(...args));

const SHIPPED = alarmsIn(SYNTHESIZED);

const seriesOf = (metric: string, dimensions: readonly string[]): string =>
  `${metric} by ${dimensions.toSorted().join()}`;

/** What the functions write, each way of counting once, and the state machine where they fail. */
function writtenSeries(): ReadonlySet<string> {
  const lines: string[] = [];
  const metrics = createMetrics('project', (line) => lines.push(line));
  const line = { level: 'INFO', message: 'answered', fields: {} } as const;
  const from = { model: 'a', latencyMs: 1, deadlineUsed: 1, usage: { inputTokens: 1, outputTokens: 1 } };
  for (const source of ['caller', 'canary'] as const) metrics.countAnswer('primary', source, line, from);
  const count: Record<Exclude<keyof Metrics, 'countAnswer'>, () => void> = {
    countInterruption: () => {
      metrics.countInterruption('primary', line);
    },
    countIntervention: () => {
      metrics.countIntervention('primary');
    },
    countRetry: () => {
      metrics.countRetry('a');
    },
    countFallback: () => {
      metrics.countFallback('primary', 'timeout');
    },
    countTransition: () => {
      metrics.countTransition('a', 'open');
    },
    countAttention: () => {
      metrics.countAttention();
    },
    countTokensSpent: () => {
      metrics.countTokensSpent();
    },
    countUsageFailure: () => {
      metrics.countUsageFailure();
    },
    countConversationFailure: () => {
      metrics.countConversationFailure();
    },
    countConfigurationFailure: () => {
      metrics.countConfigurationFailure();
    },
  };
  for (const act of Object.values(count)) act();
  const embedded = lines.flatMap((text) =>
    (JSON.parse(text) as EmbeddedLine)._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics: named }) =>
      Dimensions.flatMap((dimensions) => named.map(({ Name }) => seriesOf(Name, dimensions))),
    ),
  );
  const [machine] = Object.values(SYNTHESIZED.aws_sfn_state_machine ?? {});
  const { States } = JSON.parse(String(machine?.definition)) as { States: Record<string, PutMetricData> };
  const put = Object.values(States).flatMap(({ Parameters }) =>
    (Parameters?.MetricData ?? []).map(({ MetricName, Dimensions }) =>
      seriesOf(
        MetricName,
        Dimensions.map(({ Name }) => Name),
      ),
    ),
  );
  return new Set([...embedded, ...put]);
}

/** CloudWatch's embedded metric format. */
interface EmbeddedLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

interface PutMetricData {
  readonly Parameters?: {
    readonly MetricData?: readonly {
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string }[];
    }[];
  };
}

const WRITTEN = writtenSeries();
const PAGE = readFileSync(join(ROOT, 'docs', 'operate', 'alarms.md'), 'utf8');

describe('each alarm', () => {
  it('has a section of the page that its description names, and no other section is there', () => {
    const sections = [...PAGE.matchAll(/^## (.*)$/gm)].map(([, name]) => name);
    // AWS's Budget sends what is no alarm.
    expect(sections.toSorted()).toEqual([...SHIPPED.keys(), 'account-budget'].sort());
    for (const [name, { alarm_description: description }] of SHIPPED)
      expect(description).toMatch(new RegExp(`^(page|ticket): .*docs/operate/alarms\\.md#${name}$`));
  });

  it('is as urgent on the page as in its description, and says there how it is over', () => {
    for (const section of PAGE.split(/^## /m).slice(1)) {
      const [name = '', , first = ''] = section.split('\n');
      const severity = /^`(page|ticket)`\./.exec(first)?.[1] ?? '?';
      expect(section).toMatch(/over: /i);
      const described = SHIPPED.get(name)?.alarm_description ?? 'ticket: of the budget';
      expect([name, described]).toEqual([name, expect.stringMatching(new RegExp(`^${severity}: `))]);
    }
  });

  it('looks at a metric that is written with just its dimensions, or that AWS has', () => {
    const own = [...SHIPPED.values()].filter(({ namespace }) => namespace === shippedConfig().project);
    const looked = own.map(({ metric_name: metric, dimensions }) =>
      seriesOf(String(metric), Object.keys(dimensions as object)),
    );
    expect(looked.filter((series) => !WRITTEN.has(series))).toEqual([]);
    const others = [...SHIPPED.values()].filter((alarm) => !own.includes(alarm));
    expect(new Set(others.map(({ namespace }) => namespace))).toEqual(
      new Set(['AWS/Lambda', 'AWS/CertificateManager']),
    );
  });

  it('has all metrics of the contract to choose from, and none is written that is not there', () => {
    const names = new Set([...WRITTEN].map((series) => series.split(' by ')[0]));
    expect([...names].sort()).toEqual(Object.values(METRICS).toSorted());
  });

  it('notifies the configured topics of its own region, and nobody without them', () => {
    const topic = (region: string) => `arn:aws:sns:${region}:123456789012:operators`;
    const alarmTopics = { primary: [topic('us-east-1')], secondary: [topic('us-west-2')] };
    const notified = (alarms: ReadonlyMap<string, ResourceJson>) =>
      new Set([...alarms.values()].map(({ alarm_actions: actions }) => String(actions)));
    expect(notified(SHIPPED)).toEqual(new Set(['undefined']));
    expect(notified(alarmsOf({ alarmTopics }))).toEqual(new Set(alarmTopics.primary));
    expect(notified(alarmsOf({ alarmTopics }, 'secondary'))).toEqual(new Set(alarmTopics.secondary));
  });
});

describe('the canary', () => {
  const { canary } = shippedConfig();
  const off = { ...canary, enabled: false };
  const alarmTopics = { primary: ['arn:aws:sns:us-east-1:123456789012:operators'], secondary: [] };

  it('is what failover goes by, alone', () => {
    expect(SHIPPED.get('canary-unanswered')).toMatchObject({
      metric_name: METRICS.canaryUnanswered,
      statistic: 'Maximum',
      threshold: 1,
      treat_missing_data: 'ignore',
    });
  });

  it('ends its alarm when it is turned off: nothing else could', () => {
    expect(alarmsOf({ canary: off }).get('canary-unanswered')?.treat_missing_data).toBe('notBreaching');
  });

  it('is missed when it is silent, but not where it is turned off', () => {
    const told = (alarms: ReadonlyMap<string, ResourceJson>) =>
      [...alarms].filter(([, alarm]) => alarm.insufficient_data_actions).map(([name]) => name);
    expect(told(alarmsOf({ alarmTopics }))).toEqual(['canary-silent']);
    expect(told(alarmsOf({ alarmTopics, canary: off }))).toEqual([]);
  });
});
