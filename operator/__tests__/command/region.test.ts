import { awsRegionsIn, rolesIn } from '../../command/region';

const names = { primary: 'us-east-1', secondary: 'us-west-2' };

it.each([
  ['primary', ['us-east-1']],
  ['secondary', ['us-west-2']],
  ['both', ['us-east-1', 'us-west-2']],
  ['primary,secondary', ['us-east-1', 'us-west-2']],
  ['eu-west-1', ['eu-west-1']],
  ['us-west-2, us-east-1,us-west-2', ['us-west-2', 'us-east-1']],
  ['us-gov-west-1', ['us-gov-west-1']],
])('--region %s is %j, where any AWS region will do', (where, regions) => {
  expect(awsRegionsIn(where, names)).toEqual(regions);
});

it.each([
  ['primary', ['primary']],
  ['us-west-2', ['secondary']],
  ['both', ['primary', 'secondary']],
  ['us-west-2,primary', ['primary', 'secondary']],
])('--region %s is %j, where a command works on the assistant’s own regions', (where, roles) => {
  expect(rolesIn(where, names)).toEqual(roles);
});

it('names the stack mlops where a command works on it alone', () => {
  expect(rolesIn('mlops', { mlops: 'us-east-1' })).toEqual(['mlops']);
  expect(rolesIn('us-east-1', { mlops: 'us-east-1' })).toEqual(['mlops']);
});

it.each(['primary', 'both'])(
  '--region %s is refused where a command works on the stack mlops alone',
  (where) => {
    expect(() => rolesIn(where, { mlops: 'us-east-1' })).toThrow(
      `"${where}" is no region. Name mlops (us-east-1).`,
    );
  },
);

it.each(['', 'everywhere', 'us-east-1,', 'us-esat-1'])('--region "%s" is refused', (where) => {
  const refusal = 'is no region. Name primary (us-east-1), secondary (us-west-2) or both.';
  expect(() => awsRegionsIn(where, names)).toThrow(refusal);
  expect(() => rolesIn(where, names)).toThrow(refusal);
});
