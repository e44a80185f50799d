import type { Tier } from '../../../contract/api';
import type { Change } from '@assistant/emulator';
import type { DrillLog, RequestRecord } from '../../drill/drill-log';
import { measure } from '../../drill/measure';
import { drillPlan } from '../../drill/plan';
import { drillReport, type DrillReport } from '../../drill/report/drill-report';
import { verdicts } from '../../drill/verdict';
import { shippedConfig } from '../../../__tests__/support/synthesize';

/** When the primary of `drillLog` is taken away, in epoch milliseconds; the tests' seconds count from here. */
export const LOSS = 1_000_000;

export const at = (second: number): number => LOSS + second * 1_000;

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';

/** A request at a second after the loss, answered 0.1 s later. */
export const answered = (second: number, region: string, tier: Tier = 'primary'): RequestRecord => ({
  startedAt: at(second),
  first: { endedAt: at(second + 0.1), status: 200, answerer: { region, tier } },
});

/** A request without an answer. @param retryBy the region that answers its retry */
export const unanswered = (second: number, endedAfter = second + 0.1, retryBy?: string): RequestRecord => ({
  startedAt: at(second),
  first: { endedAt: at(endedAfter), status: 502, error: '502 no_answer' },
  retry: {
    endedAt: at(endedAfter + 0.1),
    ...(retryBy === undefined
      ? { status: 502, error: '502 no_answer' }
      : { status: 200, answerer: { region: retryBy, tier: 'primary' } }),
  },
});

export const health = (second: number, healthy: boolean): Change => ({
  kind: 'health',
  at: at(second),
  id: 'check-1',
  name: 'endpoint',
  healthy,
  reason: healthy ? 'HTTP Status Code 200' : 'socket hang up',
});

export const leadsTo = (second: number, setIdentifier: 'primary' | 'secondary'): Change => ({
  kind: 'answer',
  at: at(second),
  name: 'assistant.example.com',
  setIdentifier,
});

/** A region lost at 0 s, found out at 28 s, recovered at 120 s, and back at 145 s. */
export const drillLog = (overrides: Partial<DrillLog> = {}): DrillLog => ({
  scenario: 'region',
  startedAt: at(-10),
  takenAwayAt: LOSS,
  broughtBackAt: at(120),
  regions: { primary: EAST, secondary: WEST },
  speed: 1,
  changes: [health(28, false), leadsTo(28, 'secondary'), health(145, true), leadsTo(145, 'primary')],
  requests: [
    answered(-1, EAST),
    unanswered(10),
    unanswered(50),
    answered(70, WEST),
    answered(119, WEST),
    answered(121, WEST),
    answered(190, EAST),
  ],
  ...overrides,
});

export function reportOf(log = drillLog()): DrillReport {
  const plan = drillPlan(log.scenario, shippedConfig(), log.speed);
  const measurement = measure(log, plan.moveSeconds * 1_000);
  const startedAt = '2026-11-22T10:00:00.000Z';
  return drillReport(log, {
    target: 'local',
    startedAt,
    plan,
    rate: 5,
    measurement,
    verdicts: verdicts(measurement, plan),
  });
}
