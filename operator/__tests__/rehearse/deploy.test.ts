import { stacksOf } from '../../rehearse/deploy';

describe('the stacks of a command for cdktf', () => {
  it.each([
    ['primary secondary', ['primary', 'secondary']],
    ['primary --auto-approve', ['primary']],
    ['primary --parallelism 1 --var a=b --auto-approve', ['primary']],
    ['primary --outputs-file out.json', ['primary']],
    ['--auto-approve', []],
  ])('stand before the options: %s', (line, stacks) => {
    expect(stacksOf(line.split(' '))).toEqual(stacks);
  });

  it.each([
    '--auto-approve secondary',
    'primary --auto-approve secondary',
    'primary --parallelism 1 secondary',
    'primary --parallelism=1 secondary',
    'primary -- secondary',
  ])('are refused after one, where cdktf would take them: %s', (line) => {
    expect(() => stacksOf(line.split(' '))).toThrow(
      '"secondary" stands after an option. Name the stacks first',
    );
  });

  it('are each named once: two would wait for one lock', () => {
    expect(() => stacksOf(['primary', 'secondary', 'primary', '--auto-approve'])).toThrow(
      '"primary" is named twice',
    );
  });
});
