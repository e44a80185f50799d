import {
  type CheckSettings,
  judgeChecks,
  ledTo,
  type Observed,
  type Records,
} from '../../console/server/aws/failover';

const check = (
  id: string,
  Type: CheckSettings['Type'],
  settings: Partial<CheckSettings> = {},
): CheckSettings => ({
  ...{ id, name: id, Type, children: [] },
  ...settings,
});

const records: Records = {
  primary: check('primary', 'CALCULATED', {
    HealthThreshold: 3,
    children: [
      check('endpoint', 'HTTPS'),
      check('models', 'CLOUDWATCH_METRIC', {
        alarm: { region: 'us-east-1', name: 'canary' },
        InsufficientDataHealthStatus: 'LastKnownStatus',
      }),
      check('evacuation', 'HTTPS', { Inverted: true }),
    ],
  }),
  secondary: check('secondary', 'HTTPS'),
};

/** Of a hundred checkers, so many reach it. */
const reached = (good: number): readonly string[] =>
  Array.from({ length: 100 }, (_, index) =>
    index < good ? 'Success: HTTP Status Code 200, OK' : 'Failure: It timed out.',
  );

interface Seen {
  readonly endpoint?: number;
  readonly evacuation?: number;
  readonly secondary?: number;
  readonly alarm?: string | undefined;
}

const observed = ({ endpoint = 100, evacuation = 0, secondary = 100, alarm = 'OK' }: Seen): Observed => ({
  observations: new Map([
    ['endpoint', reached(endpoint)],
    ['evacuation', reached(evacuation)],
    ['secondary', reached(secondary)],
  ]),
  alarmState: (region, name) => (region === 'us-east-1' && name === 'canary' ? alarm : undefined),
});

describe('of what Route 53 tells, as Route 53 decides', () => {
  it.each([
    ['a quiet day', {}, [], 'primary'],
    ['an endpoint that more than 18 % of the checkers reach', { endpoint: 19 }, [], 'primary'],
    ['one that 18 % reach', { endpoint: 18 }, ['primary', 'endpoint'], 'secondary'],
    ['models that do not answer', { alarm: 'ALARM' }, ['primary', 'models'], 'secondary'],
    ['models of which nothing is known', { alarm: 'INSUFFICIENT_DATA' }, [], 'primary'],
    ['an evacuation, whose check is inverted', { evacuation: 100 }, ['primary', 'evacuation'], 'secondary'],
    ['a dead standby', { secondary: 0 }, ['secondary'], 'primary'],
    ['two dead regions', { endpoint: 0, secondary: 0 }, ['primary', 'endpoint', 'secondary'], 'primary'],
  ] as const)('%s', (_, seen, unhealthy, wanted) => {
    const states = judgeChecks(records, observed(seen));
    expect(states.filter(({ healthy }) => !healthy).map(({ name }) => name)).toEqual(unhealthy);
    expect(ledTo(records, states)).toBe(wanted);
  });

  it('takes a disabled check for healthy, and a record without one', () => {
    const disabled = { primary: check('primary', 'HTTPS', { Disabled: true }) };
    const states = judgeChecks(disabled, {
      observations: new Map([['primary', reached(0)]]),
      alarmState: () => undefined,
    });
    expect(states).toMatchObject([{ healthy: true, reason: 'it is disabled' }]);
    expect(ledTo({ secondary: check('secondary', 'HTTPS') }, [])).toBe('primary');
    expect(ledTo({}, [])).toBe('');
  });
});
