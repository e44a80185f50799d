import fc from 'fast-check';
import { Faults, type FaultSubject } from '../../../local/faults/faults';
import { effectOf, FAULT_MODES } from '../../../local/faults/modes';

const valid = { region: 'primary', target: 'bedrock', mode: 'throttle' } as const;
const subject: FaultSubject = { region: 'primary', target: 'bedrock', model: 'a' };

describe('adding a fault', () => {
  it('fills in what is left out', () => {
    expect(new Faults().add({ ...valid, mode: 'slow' })).toMatchObject({ id: 'fault-1', rate: 1, ms: 2000 });
    expect(new Faults().add(valid)).not.toHaveProperty('expiresAt');
  });

  it('knows when it runs out', () => {
    expect(new Faults().add({ ...valid, seconds: 3 }, 1000).expiresAt).toBe(4000);
  });

  it.each([
    [{ ...valid, region: 'us-east-1' }, /^region: /],
    [{ ...valid, target: 'lambda' }, /^target: /],
    [{ ...valid, mode: 'explode' }, /^mode: bedrock knows error, throttle/],
    [{ ...valid, mode: 'toString' }, /^mode: /],
    [{ ...valid, rate: 1.5 }, /^rate: /],
    [{ ...valid, rate: -0.1 }, /^rate: /],
    [{ ...valid, seconds: 0 }, /^seconds: /],
    [{ ...valid, ms: 5 }, /^ms: means nothing to throttle/],
    [{ ...valid, mode: 'slow', ms: -1 }, /^ms: /],
    [{ ...valid, model: '' }, /^model: /],
    [{ ...valid, sconds: 3 }, /sconds/],
    [{ region: 'primary', target: 'bedrock' }, /^mode: /],
    ['throttle', /^fault: /],
    [undefined, /^fault: /],
  ])('refuses %j, naming the field', (request, message) => {
    const faults = new Faults();
    expect(() => faults.add(request)).toThrow(message);
    expect(faults.list()).toEqual([]);
  });
});

describe('which fault hits a request', () => {
  it.each([
    ['its region', { region: 'primary' }, true],
    ['the other region', { region: 'secondary' }, false],
    ['both regions', { region: 'both' }, true],
    ['its model', { model: 'a' }, true],
    ['another model', { model: 'b' }, false],
    ['a model whose name begins the same', { model: 'a1' }, false],
  ])('%s', (_, change, hit) => {
    const faults = new Faults();
    faults.add({ ...valid, ...change });
    expect(faults.match(subject) !== undefined).toBe(hit);
  });

  it('leaves a request without a model to faults on every model', () => {
    const faults = new Faults();
    faults.add({ ...valid, model: 'a' });
    expect(faults.match({ region: 'primary', target: 'bedrock' })).toBeUndefined();
  });

  it('is the latest one, and the earlier one where the latest misses', () => {
    const draws = [0.4, 0.6];
    const faults = new Faults({ random: () => draws.shift() ?? 0 });
    faults.add({ ...valid, mode: 'error' });
    faults.add({ ...valid, model: 'a', rate: 0.5 });
    expect(faults.match(subject)?.mode).toBe('throttle');
    expect(faults.match(subject)?.mode).toBe('error');
  });

  it('hits exactly the share that its rate names', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (rate, draw) => {
          const faults = new Faults({ random: () => draw });
          faults.add({ ...valid, rate });
          expect(faults.match(subject) !== undefined).toBe(draw < rate);
        },
      ),
    );
  });
});

describe('the faults in force', () => {
  it.each([
    ['the same subject', {}, {}, 1],
    ['another mode on it', {}, { mode: 'error' }, 1],
    ['another region', {}, { region: 'secondary' }, 2],
    ['both regions after one', {}, { region: 'both' }, 1],
    ['one region after both', { region: 'both' }, {}, 2],
    ['one model after all', {}, { model: 'a' }, 2],
    ['the same model', { model: 'a' }, { model: 'a' }, 1],
  ])('a later one replaces an earlier one or stands beside it: %s', (_, first, second, count) => {
    const faults = new Faults();
    faults.add({ ...valid, ...first });
    faults.add({ ...valid, ...second });
    expect(faults.list()).toHaveLength(count);
  });

  it('forgets what has run out, to the millisecond', () => {
    let now = 0;
    const faults = new Faults({ now: () => now });
    faults.add({ ...valid, seconds: 1 });
    now = 999;
    expect(faults.match(subject)).toBeDefined();
    now = 1000;
    expect(faults.match(subject)).toBeUndefined();
    expect(faults.list()).toEqual([]);
  });

  it('can be cleared', () => {
    const faults = new Faults();
    faults.add(valid);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });
});

describe('modes', () => {
  it.each(Object.keys(FAULT_MODES.bedrock))('%s can be injected', (mode) => {
    expect(new Faults().add({ ...valid, mode }).effect).toEqual(effectOf('bedrock', mode));
  });
});
