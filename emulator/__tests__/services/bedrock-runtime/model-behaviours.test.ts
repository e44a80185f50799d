import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Draw,
  InvalidBehaviourError,
  ModelBehaviours,
  setFromFile,
} from '../../../services/bedrock-runtime/model-behaviours';

const fixed = (value: number) => ({ kind: 'fixed', value });
const lognormal = { kind: 'lognormal', median: 300, sigma: 0.4 };
const subject = { region: 'primary', model: 'a' } as const;

function behaviours(models: readonly object[], seed = 1): ModelBehaviours {
  const set = new ModelBehaviours();
  set.set({ seed, models });
  return set;
}
const drawMany = (from: ModelBehaviours, count: number, of: typeof subject = subject): (Draw | undefined)[] =>
  Array.from({ length: count }, () => from.next(of));

describe('which behaviour a call has', () => {
  it.each([
    ['none', [], undefined],
    ['another model’s', [{ model: 'b', timeToFirstTokenMs: fixed(1) }], undefined],
    ['every model’s', [{ model: '*', timeToFirstTokenMs: fixed(1) }], 1],
    ['its own', [{ model: 'a', timeToFirstTokenMs: fixed(1) }], 1],
    ['the other region’s', [{ model: 'a', region: 'secondary', timeToFirstTokenMs: fixed(1) }], undefined],
    ['its region’s', [{ model: 'a', region: 'primary', timeToFirstTokenMs: fixed(1) }], 1],
    [
      'the last that names it',
      [
        { model: '*', timeToFirstTokenMs: fixed(1) },
        { model: 'a', timeToFirstTokenMs: fixed(2) },
        { model: 'b', timeToFirstTokenMs: fixed(3) },
      ],
      2,
    ],
  ])('%s', (_, models, timeToFirstTokenMs) => {
    expect(behaviours(models).next(subject)?.timeToFirstTokenMs).toBe(timeToFirstTokenMs);
  });

  it('is at once and without failures where nothing is said', () => {
    expect(behaviours([{ model: 'a' }]).next(subject)).toEqual({ outcome: 'answer', timeToFirstTokenMs: 0 });
  });
});

describe('a sequence', () => {
  const models = [{ model: '*', timeToFirstTokenMs: lognormal, tokensPerSecond: lognormal, errorRate: 0.3 }];

  it('is the same for the same seed', () => {
    const first = drawMany(behaviours(models), 50);
    expect(drawMany(behaviours(models), 50)).toEqual(first);
    expect(drawMany(behaviours(models, 2), 50)).not.toEqual(first);
  });

  it('does not depend on what other models and regions draw in between', () => {
    const alone = drawMany(behaviours(models), 20);
    const disturbed = behaviours(models);
    const drawn = Array.from({ length: 20 }, () => {
      disturbed.next({ region: 'primary', model: 'b' });
      disturbed.next({ region: 'secondary', model: 'a' });
      return disturbed.next(subject);
    });
    expect(drawn).toEqual(alone);
    expect(drawMany(behaviours(models), 20, { region: 'primary', model: 'b' } as never)).not.toEqual(alone);
  });

  it('begins anew when behaviours are set', () => {
    const again = behaviours(models);
    const first = again.next(subject);
    again.set(again.get());
    expect(again.next(subject)).toEqual(first);
  });

  it('throttles and fails as often as it is told to', () => {
    const outcomes = drawMany(behaviours([{ model: 'a', throttleRate: 0.2, errorRate: 0.1 }]), 10_000).map(
      (drawn) => drawn?.outcome,
    );
    const share = (outcome: Draw['outcome']) => outcomes.filter((one) => one === outcome).length / 10_000;
    // Four standard deviations of a share of 0.2 in 10,000 draws.
    expect(Math.abs(share('throttle') - 0.2)).toBeLessThan(0.016);
    expect(Math.abs(share('error') - 0.1)).toBeLessThan(0.016);
  });

  it.each([
    ['rates of zero', { tokensPerSecond: fixed(0) }, { tokensPerSecond: 1 }],
    ['answers of no token', { outputTokens: fixed(0) }, { outputTokens: 1 }],
    ['parts of tokens', { outputTokens: fixed(2.6) }, { outputTokens: 3 }],
    ['answers that no model gives', { outputTokens: fixed(1e9) }, { outputTokens: 128_000 }],
  ])('has no %s', (_, behaviour, drawn) => {
    expect(behaviours([{ model: 'a', ...behaviour }]).next(subject)).toMatchObject(drawn);
  });

  it('ends when behaviours are cleared', () => {
    const set = behaviours([{ model: 'a' }]);
    set.clear();
    expect([set.next(subject), set.get()]).toEqual([undefined, { seed: 1, models: [] }]);
  });
});

describe('settings', () => {
  it.each([
    [undefined, /^behaviours: /],
    [{ models: [{}] }, /^models\.0\.model: /],
    [{ models: [{ model: '' }] }, /^models\.0\.model: /],
    [{ models: [{ model: 'a', speed: 1 }] }, /^models\.0: .*speed/],
    [{ models: [{ model: 'a', region: 'us-east-1' }] }, /^models\.0\.region: /],
    [{ models: [{ model: 'a', throttleRate: 1.1 }] }, /^models\.0\.throttleRate: /],
    [
      { models: [{ model: 'a', throttleRate: 0.6, errorRate: 0.6 }] },
      /^models\.0\.errorRate: must not be above 1/,
    ],
    [{ models: [{ model: 'a', outputTokens: { kind: 'fixed' } }] }, /^models\.0\.outputTokens\.value: /],
    [{ models: [], seed: 1.5 }, /^seed: /],
  ])('%j are refused, naming the field; those before stay', (settings, message) => {
    const set = behaviours([{ model: 'a' }]);
    expect(() => set.set(settings)).toThrow(message);
    expect(() => set.set(settings)).toThrow(InvalidBehaviourError);
    expect(set.get().models).toHaveLength(1);
  });
});

describe('a file of settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'behaviours-'));
  const path = join(folder, 'models.json');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is taken', () => {
    writeFileSync(path, JSON.stringify({ models: [{ model: 'a' }] }));
    const set = new ModelBehaviours();
    setFromFile(set, path);
    expect(set.get().models).toMatchObject([{ model: 'a', region: 'both' }]);
  });

  it.each([
    ['{', 'JSON'],
    ['{"models":[{}]}', 'models.0.model: '],
  ])('is named where it is wrong: %s', (content, reason) => {
    writeFileSync(path, content);
    expect(() => {
      setFromFile(new ModelBehaviours(), path);
    }).toThrow(`The models' behaviours in ${path} cannot be set: `);
    expect(() => {
      setFromFile(new ModelBehaviours(), path);
    }).toThrow(reason);
  });

  it('is named where it is missing', () => {
    expect(() => {
      setFromFile(new ModelBehaviours(), `${path}.missing`);
    }).toThrow('The file cannot be read: there is no such file. --models-file takes a JSON file');
  });
});
