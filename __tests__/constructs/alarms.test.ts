import { App, Testing } from 'cdktf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig, Role } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { METRICS } from '../../contract/metrics';
import { ROOT, shippedConfig, type ResourceJson, type StackJson } from '../support/synthesize';

const outdir = mkdtempSync(join(tmpdir(), 'assistant-alarms-'));
afterAll(() => {
  rmSync(outdir, { recursive: true, force: true });
});

/** Of a region's stack with some values configured otherwise, by what their names have after the project's. */
function alarmsOf(
  overrides: Partial<AssistantConfig> = {},
  role: Role = 'primary',
): ReadonlyMap<string, ResourceJson> {
  const config = parseConfig({ ...shippedConfig(), ...overrides });
  const stack = new RegionalStack(new App({ outdir }), role, { config, role });
  const { resource } = JSON.parse(Testing.synth(stack)) as StackJson;
  return new Map(
    Object.values(resource.aws_cloudwatch_metric_alarm ?? {}).map((alarm) => [
      (alarm.alarm_name as string).slice(config.project.length + 1),
      alarm,
    ]),
  );
}

const SHIPPED = alarmsOf();
const PAGE = readFileSync(join(ROOT, 'docs', 'operate', 'alarms.md'), 'utf8');

describe('each alarm', () => {
  it('has a section of the page that its description names, and no other section is there', () => {
    const sections = [...PAGE.matchAll(/^## (.*)$/gm)].map(([, name]) => name);
    expect(sections.toSorted()).toEqual([...SHIPPED.keys()].sort());
    for (const [name, { alarm_description: description }] of SHIPPED)
      expect(description).toMatch(new RegExp(`^(page|ticket): .*docs/operate/alarms\\.md#${name}$`));
  });

  it('is as urgent on the page as in its description, and says there how it is over', () => {
    for (const section of PAGE.split(/^## /m).slice(1)) {
      const [name = '', , first = ''] = section.split('\n');
      const severity = /^`(page|ticket)`\./.exec(first)?.[1];
      expect([name, SHIPPED.get(name)?.alarm_description]).toEqual([
        name,
        expect.stringMatching(new RegExp(`^${severity ?? '?'}: `)),
      ]);
      expect(section).toMatch(/over: /i);
    }
  });

  it('looks at a metric that the product counts, or that AWS has', () => {
    const own = [...SHIPPED.values()].filter(({ namespace }) => namespace === shippedConfig().project);
    for (const { metric_name: metric } of own) expect(Object.values(METRICS)).toContain(metric);
    const others = [...SHIPPED.values()].filter((alarm) => !own.includes(alarm));
    expect(new Set(others.map(({ namespace }) => namespace))).toEqual(
      new Set(['AWS/Lambda', 'AWS/CertificateManager']),
    );
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
