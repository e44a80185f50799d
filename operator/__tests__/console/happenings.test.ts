import type { Picture, RegionPicture } from '../../console/picture';
import { changesOf, happenings } from '../../console/server/happenings';

const region: RegionPicture = {
  ...{ role: 'primary', region: 'us-east-1', circuits: [], modelCalls: {}, rules: [] },
  configuration: { deployed: { number: 1, version: 'aaaa' }, answering: null },
  answers: { primary: 0, fallback: 0, degraded: 0 },
  alarms: [{ name: 'no-model-answers', state: 'INSUFFICIENT_DATA' }],
  canary: { asked: 0, unanswered: 0 },
};

const quiet: Picture = {
  failover: { name: 'assistant.example.com', servedBy: 'primary', resolvesTo: 'primary' },
  evacuation: { evacuated: false },
  ...{
    models: 'stand-in',
    healthChecks: [],
    regions: [region],
    faults: [],
    speed: 1,
    troubles: [],
    job: null,
  },
  replication: { lagMs: 1_000, pending: 0, behindMs: 0 },
  ...{ traffic: null, cost: '', unread: [] },
};

const withRegion = (change: Partial<RegionPicture>): Picture => ({
  ...quiet,
  regions: [{ ...region, ...change }],
});
const fault = {
  ...{ id: 'fault-1', region: 'both', target: 'bedrock', mode: 'error', rate: 0.5 },
  startedAt: 70,
};
const open = withRegion({ circuits: [{ model: 'm', phase: 'open', forced: false }] });
const halfOpen = withRegion({ circuits: [{ model: 'm', phase: 'half_open', forced: false }] });
const alarm = withRegion({ alarms: [{ name: 'no-model-answers', state: 'ALARM' }] });
const deployed = { deployed: { number: 2, version: 'bbbb' }, answering: null };
const circuit = { kind: 'circuit', at: 100, region: 'us-east-1', model: 'm' };

const faulty: Picture = { ...quiet, faults: [fault] };
const what = 'both: bedrock error, 50 % of calls';

describe('what lies between two looks', () => {
  it.each([
    ['nothing', quiet, quiet, []],
    ['a fault’s begin, by when it began', quiet, faulty, [{ kind: 'fault', at: 70, begins: true, what }]],
    ['its end', faulty, quiet, [{ kind: 'fault', at: 100, begins: false, what }]],
    [
      'its end by itself, by when it ran out',
      { ...quiet, faults: [{ ...fault, expiresAt: 90 }] },
      quiet,
      [{ kind: 'fault', at: 90, begins: false, what }],
    ],
    ['a circuit that opens', quiet, open, [{ ...circuit, phase: 'open' }]],
    ['a circuit that is probed', open, halfOpen, [{ ...circuit, phase: 'half_open' }]],
    ['a circuit that closes', halfOpen, quiet, [{ ...circuit, phase: 'closed' }]],
    ['nothing of circuits that were not read', open, withRegion({ circuits: 'not reached' }), []],
    [
      'an evacuation',
      quiet,
      { ...quiet, evacuation: { evacuated: true } },
      [{ kind: 'evacuation', at: 100, evacuated: true }],
    ],
    ['nothing of a switch that was not read', quiet, { ...quiet, evacuation: 'not reached' }, []],
    [
      'callers who have moved',
      quiet,
      { ...quiet, failover: { ...quiet.failover, servedBy: 'secondary' } },
      [{ kind: 'callers', at: 100, to: 'secondary' }],
    ],
    [
      'an alarm',
      quiet,
      alarm,
      [{ kind: 'alarm', at: 100, region: 'us-east-1', name: 'no-model-answers', state: 'ALARM' }],
    ],
    [
      'nothing of an alarm that gets its first data',
      quiet,
      withRegion({ alarms: [{ name: 'no-model-answers', state: 'OK' }] }),
      [],
    ],
    [
      'other rules',
      quiet,
      withRegion({ configuration: deployed }),
      [{ kind: 'configuration', at: 100, region: 'us-east-1', version: 'bbbb' }],
    ],
  ] as const)('is %s', (_, before, after, wanted) => {
    expect(happenings(before, after, 100)).toEqual(wanted);
  });
});

it('tells Route 53’s changes once, by this machine’s time', () => {
  const health = {
    kind: 'health',
    id: 'h',
    name: 'primary',
    healthy: false,
    reason: 'none',
    at: 2_000,
  } as const;
  const answer = {
    kind: 'answer',
    name: 'assistant.example.com',
    setIdentifier: 'secondary',
    at: 3_000,
  } as const;
  // Ten times as fast: what was 1,000 emulated milliseconds ago was so 100 of this machine's.
  const status = { history: [health, answer], clock: { speed: 10, now: 4_000, models: 4_000 } };
  expect(changesOf(status, 1_000, 50_000)).toEqual([
    { kind: 'check', at: 49_800, name: 'primary', healthy: false, reason: 'none' },
    { kind: 'dns', at: 49_900, to: 'secondary' },
  ]);
  expect(changesOf(status, 3_000, 50_000)).toEqual([]);
});
