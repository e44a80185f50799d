import fc from 'fast-check';
import { Faults } from '../../../platform/faults/faults';
import { effectOf, FAULT_MODES, isInMlops, type FaultTarget } from '../../../platform/faults/modes';

const valid = { region: 'primary', target: 'bedrock', mode: 'throttle' } as const;
const subject = { region: 'primary', target: 'bedrock', model: 'a' } as const;

describe('flapping', () => {
  it('is in force for the share of its period that is on', () => {
    const length = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(length, length, fc.integer({ min: 0, max: 100 }), (on, off, start) => {
        const period = Array.from({ length: on + off }, (_, second) => (start + second) * 1000);
        let now = 0;
        const faults = new Faults({ now: () => now });
        faults.add({ ...valid, on, off });
        const isOn = (elapsed: number) => {
          now = elapsed;
          return faults.match(subject) !== undefined;
        };
        expect(period.filter(isOn)).toHaveLength(on);
        expect(isOn(0)).toBe(true);
      }),
    );
  });
});

describe('modes', () => {
  const all = Object.entries(FAULT_MODES).flatMap(([target, modes]) =>
    Object.keys(modes).map((mode) => [target as FaultTarget, mode] as const),
  );

  it.each(all)('%s %s can be injected', (target, mode) => {
    const region = isInMlops(target) ? 'mlops' : 'both';
    expect(new Faults().add({ region, target, mode }).effect).toEqual(effectOf(target, mode));
  });

  it('of one target mean nothing to another', () => {
    expect(effectOf('dynamodb', 'eol')).toBeUndefined();
    expect(effectOf('bedrock', 'down')).toBeUndefined();
  });
});

describe('which fault hits which target', () => {
  it.each(['s3', 'customization'] as const)('needs no region where there is one only: %s', (target) => {
    const faults = new Faults();
    expect(faults.add({ target, mode: 'slow' }).region).toBe('mlops');
    faults.add({ region: 'both', target: 'bedrock', mode: 'error' });
    expect(faults.match({ region: 'mlops', target })?.mode).toBe('slow');
    expect(faults.match({ region: 'primary', target: 'bedrock' })?.mode).toBe('error');
    faults.add({ region: 'mlops', target, mode: 'error' });
    expect(faults.list().map(({ mode }) => mode)).toEqual(['error', 'error']);
  });

  it('is the one on that target', () => {
    const faults = new Faults();
    faults.add({ ...valid, target: 'dynamodb', mode: 'down' });
    expect(faults.match(subject)).toBeUndefined();
    expect(faults.match({ region: 'primary', target: 'dynamodb' })?.mode).toBe('down');
  });
});
