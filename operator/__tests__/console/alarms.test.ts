import { alarmsOf } from '../../console/server/aws/aws-look';

const alarm = (AlarmName: string, anchor: string) => ({
  ...{ AlarmName, StateValue: 'ALARM' as const },
  AlarmDescription: `page: It is so. docs/operate/alarms.md#${anchor}`,
});

it.each([
  ['its own', alarm('shop-last-resort', 'last-resort'), ['shop-last-resort']],
  ['another environment’s, whose project begins alike', alarm('shop-staging-last-resort', 'last-resort'), []],
  ['one that somebody has made', { AlarmName: 'shop-budget', StateValue: 'ALARM' as const }, []],
])('of alarms that begin with the project’s name, takes or leaves %s', (_, found, expected) => {
  expect(alarmsOf('shop', [found]).map(({ name }) => name)).toEqual(expected);
});
