import { spawnSync } from 'node:child_process';
import { regional } from '../../contract/state-addresses.json';
import recorded from '../../docs/generate/key-changes.json';
import { recordKeyChanges } from '../../docs/generate/record-key-changes';
import { describeWhere } from '../support/describe-where';

const describeRehearsal = describeWhere(
  process.env.REHEARSE === '1' && spawnSync('terraform', ['-version']).status === 0,
  'Terraform, and the time for a rehearsal: REHEARSE=1 npm test',
);

/** One that is changed in place, and one that replaces: all together take minutes. */
const KEYS = ['healthCheck.reservedConcurrency', 'healthCheck.intervalSeconds'] as const;

describeRehearsal('what a change of a key does', () => {
  it('is as recorded', async () => {
    const found = await recordKeyChanges((key) => KEYS.some((each) => each === key));
    expect(found).toEqual(Object.fromEntries(KEYS.map((key) => [key, recorded[key]])));
  }, 600_000);
});

it('what a change of whom alarms notify does is as recorded: it changes each alarm of both regions', () => {
  const alarms = regional.filter((address) => address.startsWith('aws_cloudwatch_metric_alarm.'));
  expect(recorded.alarmTopics.changed).toEqual({ aws_cloudwatch_metric_alarm: 2 * alarms.length });
});
