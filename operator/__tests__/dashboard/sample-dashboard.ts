import type { Status } from '@assistant/emulator';
import type { Graph } from '../../dashboard/graphs';
import type { Shown } from '../../dashboard/page';

const TO = Date.parse('2026-11-26T12:00:00Z');
const MINUTES = 60;
const minute = (ago: number) => TO - ago * 60_000;

/** Twenty minutes of answers, of which two are missing, and a share on the other axis. */
const GRAPHS: readonly Graph[] = [
  {
    widget: {
      title: 'Do callers get answers?',
      period: 60,
      yAxis: { left: { min: 0 }, right: { min: 0, max: 1 } },
      annotations: { horizontal: [{ label: 'no-model-answers', value: 0.5, yAxis: 'right' }] },
    },
    lines: [
      {
        label: 'answers',
        axis: 'left',
        points: Array.from({ length: 20 }, (_, ago) => [minute(20 - ago), 1_000 + 37 * ago] as const).filter(
          (_, place) => place !== 7 && place !== 8,
        ),
      },
      { label: 'share', axis: 'right', points: [[minute(3), 0.25] as const, [minute(2), 1] as const] },
    ],
    unread: ['us-west-2'],
  },
  {
    widget: { title: 'How near is the deadline?', period: 60 },
    lines: ['p50', 'p90', 'p99'].map((label, index) => ({
      label,
      axis: 'left',
      points: Array.from({ length: 30 }, (_, ago) => [minute(30 - ago), 3 + index + (ago % 4)] as const),
    })),
    unread: [],
  },
  { widget: { title: 'Which functions fail?', period: 60 }, lines: [], unread: [] },
];

const alarm = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;

/** A dashboard of two alarms, one of which is on, and of three graphs, one of which has no data. */
export function sampleDashboard(): Shown {
  const alarms = (['ALARM', 'OK'] as const).map((state, index) => ({
    name: `alarm-${index}`,
    state,
    since: TO,
  }));
  return {
    dashboard: {
      name: 'shop',
      body: {
        widgets: [
          {
            type: 'alarm',
            properties: { alarms: [...alarms.map(({ name }) => alarm(name)), alarm('gone')] },
          },
        ],
      },
    },
    graphs: GRAPHS,
    status: {
      clock: { speed: 20, now: TO, models: TO },
      regions: { primary: { region: 'us-east-1', alarms } },
    } as unknown as Status,
    time: { from: minute(MINUTES), to: TO },
    minutes: MINUTES,
  };
}
