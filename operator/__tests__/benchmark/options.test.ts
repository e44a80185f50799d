import { Command } from 'commander';
import { withRecommendOptions, withRunOptions } from '../../benchmark/commands/options';

const parse = (argv: readonly string[], withOptions = withRunOptions, said: string[] = []): object => {
  const keep = (text: string): void => {
    said.push(text);
  };
  return withOptions(new Command('benchmark'))
    .exitOverride()
    .configureOutput({ writeErr: keep, writeOut: keep })
    .parse(argv, { from: 'user' })
    .opts();
};

/** What commander says instead of ending the process. */
function refusalOf(argv: readonly string[], withOptions = withRunOptions): string {
  const said: string[] = [];
  expect(() => parse(argv, withOptions, said)).toThrow();
  return said.join('');
}

describe('options', () => {
  it('ask for little', () => {
    expect(parse(['--models', 'a, b,a'])).toMatchObject({
      ...{ models: ['a', 'b'], target: 'local', region: 'primary', api: 'both', runs: 9, concurrency: 4 },
      ...{ seed: 1, warmup: 1, yes: false, json: false },
    });
  });

  it('take all that a run can be told', () => {
    const argv =
      '--models a --runs 3 --rate 2.5 --model-rate 1 --max-cost 0.5 --api stream --seed 0 --timeout 2.5';
    expect(parse([...argv.split(' '), '--price', 'a=1,2', '--price', 'b=0.1,.2'])).toMatchObject({
      ...{ runs: 3, rate: 2.5, modelRate: 1, maxCost: 0.5, api: 'stream', seed: 0, timeout: 2.5 },
      price: { a: { input: 1, output: 2 }, b: { input: 0.1, output: 0.2 } },
    });
  });

  it.each([
    ['an empty name', ['--models', 'a,,b'], 'names, separated by commas'],
    ['no runs', ['--models', 'a', '--runs', '0'], 'whole number from 1 to 10000'],
    ['half a caller', ['--models', 'a', '--concurrency', '1.5'], 'whole number from 1 to 1000'],
    ['a cap of nothing', ['--models', 'a', '--max-cost', '0'], 'number above 0'],
    ['an endless timeout', ['--models', 'a', '--timeout', 'Infinity'], 'number above 0, at most 3600'],
    ['a price without output', ['--models', 'a', '--price', 'a=1'], 'is no price'],
    ['another API', ['--models', 'a', '--api', 'invoke'], 'Allowed choices are converse, stream, both'],
    ['an unknown option', ['--modles', 'a'], "unknown option '--modles'"],
  ])('refuse %s', (_, argv, message) => {
    expect(refusalOf(argv)).toContain(message);
  });

  it.each([
    ['a quality above 1', ['a.json', '--min-quality', '80'], 'number from 0 to 1'],
    ['no result to recommend by', [], "missing required argument 'result'"],
  ])('of a recommendation refuse %s', (_, argv, message) => {
    expect(refusalOf(argv, withRecommendOptions)).toContain(message);
  });

  it('explain themselves', () => {
    const help = refusalOf(['--help']);
    expect(help).toMatch(/Examples:[^]*Questions file:[^]*Exit codes: 0 measured; 1 failed/);
  });
});
