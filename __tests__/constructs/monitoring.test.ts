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
  metrics.countAnswer('degraded', 'caller', line);
  const count: Record<Exclude<keyof Metrics, 'countAnswer'>, () => void> = {
    countInterruption: () => {
      metrics.countInterruption('primary', line, false);
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
      for (const each of ['model', 'questions'] as const) metrics.countAttention(each);
    },
    countTokensSpent: () => {
      metrics.countTokensSpent(line);
    },
    countUsageFailure: () => {
      metrics.countUsageFailure();
    },
    countCircuitStoreFailure: () => {
      metrics.countCircuitStoreFailure();
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

/** What alarms of this project's own metrics look at. */
const LOOKED_AT_BY_ALARMS = [...SHIPPED.values()]
  .filter(({ namespace }) => namespace === shippedConfig().project)
  .map(({ metric_name: metric, dimensions }) => seriesOf(String(metric), Object.keys(dimensions as object)));
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
    expect(LOOKED_AT_BY_ALARMS.filter((series) => !WRITTEN.has(series))).toEqual([]);
    expect(new Set([...SHIPPED.values()].map(({ namespace }) => namespace))).toEqual(
      new Set([shippedConfig().project, 'AWS/ApiGateway', 'AWS/Lambda', 'AWS/CertificateManager']),
    );
  });

  it('has all metrics of the contract to choose from, and none is written that is not there', () => {
    const names = new Set([...WRITTEN].map((series) => series.split(' by ')[0]));
    expect([...names].sort()).toEqual(Object.values(METRICS).toSorted());
  });

  it.each(['primary-model', 'fallback-model', 'chat', 'authorizer'])(
    'beside the others, one is told of errors of the function %s, without which nobody else would be',
    (name) => {
      const { namespace, metric_name: metric, dimensions } = SHIPPED.get(`${name}-fails`) ?? {};
      const FunctionName = `${shippedConfig().project}-${name}`;
      expect([namespace, metric, dimensions]).toEqual(['AWS/Lambda', 'Errors', { FunctionName }]);
    },
  );

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

describe('each dashboard', () => {
  const { project, regions } = shippedConfig();
  const dashboardsOf = (...args: Parameters<typeof resourcesOf>) =>
    new Map(
      Object.values(resourcesOf(...args).aws_cloudwatch_dashboard ?? {}).map(
        ({ dashboard_name: name, dashboard_body: body }) => [String(name), JSON.parse(String(body)) as Body],
      ),
    );
  const primary = dashboardsOf();
  const secondary = dashboardsOf({}, 'secondary');

  it('is of one region, or, in the primary’s stack, of both; none where they are turned off', () => {
    expect([...primary.keys()].sort()).toEqual([project, `${project}-us-east-1`]);
    expect([...secondary.keys()]).toEqual([`${project}-us-west-2`]);
    expect(dashboardsOf({ dashboards: false }).size).toBe(0);
  });

  it.each([...primary, ...secondary])(
    '%s looks at metrics that are written, or that AWS has',
    (name, body) => {
      const { own, namespaces } = seriesIn(body);
      expect(own.filter((series) => !WRITTEN.has(series))).toEqual([]);
      expect(namespaces).toEqual(
        new Set([project, 'AWS/ApiGateway', name === project ? 'AWS/Route53' : 'AWS/Lambda']),
      );
    },
  );

  it('of a region shows every metric that is written', () => {
    const { own } = seriesIn(secondary.get(`${project}-us-west-2`));
    const names = new Set(own.map((series) => series.split(' by ')[0]));
    expect([...names].sort()).toEqual(Object.values(METRICS).toSorted());
  });

  it('shows each alarm of its regions', () => {
    const alarmsOfRegion = (region: string) =>
      [...SHIPPED.keys()]
        .sort()
        .map((name) => expect.stringMatching(`:${region}:.*:alarm:${project}-${name}$`) as string);
    const shown = (body?: Body) =>
      (body?.widgets ?? []).flatMap(({ properties }) => properties.alarms ?? []).toSorted();
    expect(shown(primary.get(`${project}-us-east-1`))).toEqual(alarmsOfRegion('us-east-1'));
    expect(shown(primary.get(project))).toEqual([regions.primary, regions.secondary].flatMap(alarmsOfRegion));
  });

  it.each([...primary, ...secondary])('%s has widgets that lie beside each other', (_, { widgets }) => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (__, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });

  it.each([...primary, ...secondary])('%s draws no metric twice in a graph', (_, { widgets }) => {
    for (const { properties } of widgets) {
      const drawn = (properties.metrics ?? []).map((parts) =>
        JSON.stringify(parts, (key, value: unknown) => (key === 'label' ? undefined : value)),
      );
      expect(drawn.filter((each, index) => drawn.indexOf(each) !== index)).toEqual([]);
    }
  });

  it('of a region draws what each alarm of a function listens to', () => {
    const drawn = (primary.get(`${project}-us-east-1`)?.widgets ?? []).flatMap(({ properties }) =>
      (properties.metrics ?? []).map((parts) => parts.filter((part) => typeof part === 'string').join(' ')),
    );
    const ofFunctions = [...SHIPPED.values()].filter(({ namespace }) => namespace === 'AWS/Lambda');
    expect(ofFunctions.length).toBeGreaterThan(0);
    for (const { namespace, metric_name: metric, dimensions } of ofFunctions) {
      const { FunctionName } = dimensions as { readonly FunctionName: string };
      expect(drawn).toContain(`${String(namespace)} ${String(metric)} FunctionName ${FunctionName}`);
    }
  });

  it('draws the thresholds of the alarms', () => {
    const limits = new Map(
      (primary.get(project)?.widgets ?? []).flatMap(({ properties }) =>
        (properties.annotations?.horizontal ?? []).map(({ label, value }) => [label, value]),
      ),
    );
    expect(limits.size).toBe(2);
    for (const [alarm, value] of limits)
      expect([alarm, SHIPPED.get(alarm)?.threshold]).toEqual([alarm, value]);
  });
});

interface Drawn {
  readonly expression?: string;
}
interface Body {
  readonly widgets: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: {
      readonly alarms?: readonly string[];
      readonly metrics?: readonly (readonly (string | Drawn)[])[];
      readonly annotations?: {
        readonly horizontal: readonly { readonly label: string; readonly value: number }[];
      };
    };
  }[];
}

/** What the graphs of a dashboard look at: this project's own, and whose it is. */
function seriesIn(body: Body | undefined) {
  const all = (body?.widgets ?? []).flatMap(({ properties }) =>
    (properties.metrics ?? []).map((parts) => {
      const names = parts.filter((part) => typeof part === 'string');
      const { expression = '' } = parts.at(-1) as Drawn;
      const [, schema, found] = /^SEARCH\('\{([^}]+)\} MetricName="(\w+)"/.exec(expression) ?? [];
      const [namespace = '', metric = '', ...rest] = names;
      if (schema === undefined || found === undefined)
        return {
          namespace,
          series: seriesOf(
            metric,
            rest.filter((__, index) => index % 2 === 0),
          ),
        };
      const [searched = '', ...dimensions] = schema.replaceAll('"', '').split(',');
      return { namespace: searched, series: seriesOf(found, dimensions) };
    }),
  );
  const own = all.filter(({ namespace }) => namespace === shippedConfig().project);
  return {
    own: own.map(({ series }) => series),
    namespaces: new Set(all.map(({ namespace }) => namespace)),
  };
}
