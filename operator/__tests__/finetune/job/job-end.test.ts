import { describeEnd } from '../../../finetune/job/watch-job';

test.each([
  ['Completed' as const, undefined, 0, 'deploy support-1 --target aws'],
  ['Stopped' as const, undefined, 3, 'start --data'],
  ['Failed' as const, 'The role has no access to the bucket', 1, 'cdktf deploy mlops'],
  ['Failed' as const, 'Line 3 of the training data is not valid JSON', 1, 'check FILE'],
  ['Failed' as const, 'Internal error', 1, 'AWS Support'],
  ['Failed' as const, undefined, 1, 'Bedrock gives no reason'],
])('%s (%s) ends with %i and says "%s"', (status, failureMessage, exitCode, words) => {
  const end = describeEnd({ jobName: 'support-1', status, failureMessage }, { kind: 'aws' });
  expect(end.exitCode).toBe(exitCode);
  expect(end.message).toContain(words);
  if (failureMessage !== undefined) expect(end.message).toContain(failureMessage);
});
