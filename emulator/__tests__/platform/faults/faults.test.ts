import fc from 'fast-check';
import { Faults } from '../../../platform/faults/faults';
import { effectOf } from '../../../platform/faults/modes';

const valid = { region: 'primary', target: 'bedrock', mode: 'throttle' } as const;
const subject = { region: 'primary', target: 'bedrock', model: 'a' } as const;

describe('a region that is down', () => {
  it('hits every service of it, whatever model is called, and none of the other region', () => {
    const faults = new Faults();
    faults.add({ region: 'primary', target: 'region', mode: 'down' });
    const hits = (region: 'primary' | 'secondary') =>
      (['dynamodb', 'appconfig', 'bedrock', 'lambda', 'api', 'workflow'] as const).map(
        (target) => faults.regionalInterceptor(region, target)({ model: 'a' })?.kind,
      );
    expect(new Set(hits('primary'))).toEqual(new Set(['reset']));
    expect(new Set(hits('secondary'))).toEqual(new Set([undefined]));
  });
});

describe('adding a fault', () => {
  it('fills in what is left out', () => {
    expect(new Faults().add(valid, 1000)).toEqual({
      ...valid,
      id: 'fault-1',
      rate: 1,
      startedAt: 1000,
      effect: effectOf('bedrock', 'throttle'),
    });
  });

  it.each([
    [
      { ...valid, mode: 'slow' },
      { kind: 'delay', ms: 2000 },
    ],
    [
      { ...valid, mode: 'slow', ms: 80 },
      { kind: 'delay', ms: 80 },
    ],
    [
      { ...valid, mode: 'drip' },
      { kind: 'drip', ms: 100 },
    ],
    [
      { ...valid, mode: 'drip', ms: 5 },
      { kind: 'drip', ms: 5 },
    ],
    [
      { ...valid, mode: 'throttle', retryAfter: 3 },
      { kind: 'error', status: 429, retryAfter: 3 },
    ],
    [
      { ...valid, target: 'dynamodb', mode: 'slow' },
      { kind: 'delay', ms: 500 },
    ],
    [
      { ...valid, mode: 'stream_silence', events: 7 },
      { kind: 'stream', events: 7, fate: 'silence' },
    ],
    [
      { target: 'customization', mode: 'slow', ms: 9 },
      { kind: 'delay', ms: 9 },
    ],
  ])('sets the numbers of its effect: %j', (request, effect) => {
    expect(new Faults().add(request).effect).toMatchObject(effect);
  });

  it('leaves the mode as it was for the next one', () => {
    new Faults().add({ ...valid, mode: 'slow', ms: 80 });
    expect(new Faults().add({ ...valid, mode: 'slow' }).effect).toEqual({ kind: 'delay', ms: 2000 });
  });

  it('knows when it runs out', () => {
    expect(new Faults().add({ ...valid, seconds: 3 }, 1000).expiresAt).toBe(4000);
  });

  it.each([
    [{ ...valid, region: 'us-east-1' }, /^region: /],
    [{ ...valid, target: 'weather' }, /^target: /],
    [{ target: 'bedrock', mode: 'error' }, /^region: bedrock is in primary, secondary or both$/],
    [{ ...valid, region: 'mlops' }, /^region: bedrock is in primary, secondary or both$/],
    [{ region: 'both', target: 's3', mode: 'slow' }, /^region: s3 is in mlops only$/],
    [{ target: 's3', mode: 'job-failed' }, /^mode: s3 knows error, throttle, slow$/],
    [{ target: 's3', model: 'a', mode: 'slow' }, /^model: means nothing to s3/],
    [{ ...valid, events: 1 }, /^events: means nothing to throttle, only to stream_error/],
    [{ ...valid, mode: 'stream_end', events: -1 }, /^events: /],
    [{ ...valid, mode: 'explode' }, /^mode: bedrock knows error, throttle/],
    [{ ...valid, mode: 'toString' }, /^mode: /],
    [{ ...valid, rate: 1.5 }, /^rate: /],
    [{ ...valid, rate: -0.1 }, /^rate: /],
    [{ ...valid, seconds: 0 }, /^seconds: /],
    [{ ...valid, ms: 5 }, /^ms: means nothing to throttle, only to slow, drip$/],
    [{ ...valid, mode: 'error', retryAfter: 5 }, /^retryAfter: means nothing to error, only to throttle$/],
    [{ ...valid, retryAfter: 1.5 }, /^retryAfter: /],
    [{ ...valid, target: 'dynamodb', retryAfter: 5 }, /^retryAfter: means nothing to throttle$/],
    [{ ...valid, target: 'dynamodb', model: 'a' }, /^model: means nothing to dynamodb, only to bedrock$/],
    [{ ...valid, target: 'dynamodb', mode: 'eol' }, /^mode: dynamodb knows error, throttle/],
    [{ ...valid, on: 1 }, /^off: must be given with on$/],
    [{ ...valid, off: 1 }, /^on: must be given with off$/],
    [{ ...valid, on: 0, off: 1 }, /^on: /],
    [{ ...valid, on: 1, off: -1 }, /^off: /],
    [{ ...valid, on: '1', off: 1 }, /^on: /],
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

describe('the interceptor of a service', () => {
  it('gives the effect of the fault that hits a call, and nothing without one', () => {
    const faults = new Faults();
    const intercept = faults.interceptor('primary', 'bedrock');
    expect(intercept({ model: 'a' })).toBeUndefined();
    faults.add({ ...valid, mode: 'reset', model: 'a' });
    expect(intercept({ model: 'a' })).toEqual({ kind: 'reset' });
    expect(intercept({ model: 'b' })).toBeUndefined();
    expect(faults.interceptor('secondary', 'bedrock')({ model: 'a' })).toBeUndefined();
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

  it('come and go where they flap, from their start on, and stay listed', () => {
    let now = 10_000;
    const faults = new Faults({ now: () => now });
    faults.add({ ...valid, on: 2, off: 1 });
    const hits = Array.from({ length: 7 }, (_, second) => {
      now = 10_000 + second * 1000;
      expect(faults.list()).toHaveLength(1);
      return faults.match(subject) !== undefined;
    });
    expect(hits).toEqual([true, true, false, true, true, false, true]);
  });

  it('let an earlier one through while they pause', () => {
    let now = 0;
    const faults = new Faults({ now: () => now });
    faults.add({ ...valid, mode: 'error' });
    faults.add({ ...valid, model: 'a', on: 1, off: 1 });
    expect(faults.match(subject)?.mode).toBe('throttle');
    now = 1000;
    expect(faults.match(subject)?.mode).toBe('error');
  });

  it('can be ended alone', () => {
    const faults = new Faults();
    const [one, other] = ['a', 'b'].map((model) => faults.add({ ...valid, model }));
    expect(faults.end(one?.id ?? '')).toBe(true);
    expect(faults.list()).toEqual([other]);
    expect(faults.end(one?.id ?? '')).toBe(false);
  });

  it('can be cleared', () => {
    const faults = new Faults();
    faults.add(valid);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });
});
