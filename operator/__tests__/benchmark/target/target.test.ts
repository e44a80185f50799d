import { chooseRegions } from '../../../benchmark/target/target';

const roles = { primary: 'us-east-1', secondary: 'us-west-2' };

it.each([
  ['primary', ['us-east-1']],
  ['secondary', ['us-west-2']],
  ['both', ['us-east-1', 'us-west-2']],
  ['eu-west-1', ['eu-west-1']],
  ['us-west-2, us-east-1,us-west-2', ['us-west-2', 'us-east-1']],
  ['us-gov-west-1', ['us-gov-west-1']],
])('--region %s is %j', (wanted, regions) => {
  expect(chooseRegions(wanted, roles)).toEqual(regions);
});

it.each(['', 'everywhere', 'us-east-1,', 'primary,secondary'])('--region "%s" is refused', (wanted) => {
  expect(() => chooseRegions(wanted, roles)).toThrow('is no region. Name primary, secondary, both');
});
