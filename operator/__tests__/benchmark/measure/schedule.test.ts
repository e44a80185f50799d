import fc from 'fast-check';
import { createPlan, differences } from '../../../benchmark/measure/plan';
import { remaining, schedule, type PlannedCall } from '../../../benchmark/measure/schedule';
import { SETTINGS, planOf, questions } from './fixture';

const shapes = fc.record({
  models: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
  regions: fc.uniqueArray(fc.constantFrom('us-east-1', 'us-west-2'), { minLength: 1 }),
  apis: fc.uniqueArray(fc.constantFrom('converse' as const, 'converse-stream' as const), { minLength: 1 }),
  runs: fc.integer({ min: 1, max: 4 }),
  warmup: fc.nat(3),
  seed: fc.nat(),
});
const count = fc.integer({ min: 1, max: 5 });
const variant = ({ model, region, api }: PlannedCall): string => `${model} ${region} ${api}`;

describe('a schedule', () => {
  it('asks every question of every variant in every run, once', () => {
    fc.assert(
      fc.property(shapes, count, (shape, asked) => {
        const { measured } = schedule(planOf(shape, questions(asked)), questions(asked));
        const keys = measured.map((call) => `${variant(call)} ${call.question.id} ${call.run}`);
        const variants = shape.models.length * shape.regions.length * shape.apis.length;
        expect(new Set(keys).size).toBe(variants * asked * shape.runs);
        expect(keys.length).toBe(variants * asked * shape.runs);
      }),
    );
  });

  it('has blocks of one question that hold every variant once', () => {
    fc.assert(
      fc.property(shapes, count, (shape, asked) => {
        const { measured, warmups } = schedule(planOf(shape, questions(asked)), questions(asked));
        const size = shape.models.length * shape.regions.length * shape.apis.length;
        const calls = [...warmups, ...measured];
        for (let start = 0; start < calls.length; start += size) {
          const block = calls.slice(start, start + size);
          expect(new Set(block.map(variant)).size).toBe(size);
          expect(new Set(block.map(({ question }) => question.id)).size).toBe(1);
        }
        expect(calls.map(({ index }) => index)).toEqual(calls.map((_, index) => index));
      }),
    );
  });

  it('is repeated by its seed, and by no other', () => {
    const asked = questions(5);
    const order = (seed: number) =>
      schedule(planOf({ seed, runs: 5 }, asked), asked).measured.map(
        (call) => variant(call) + call.question.id,
      );
    expect(order(7)).toEqual(order(7));
    expect(order(8)).not.toEqual(order(7));
  });

  it('puts no variant first more often than chance does', () => {
    const asked = questions(10);
    const { measured } = schedule(planOf({ runs: 100 }, asked), asked);
    const first = measured.filter((call, index) => index % 2 === 0 && call.model === 'fast').length;
    expect(Math.abs(first - 500)).toBeLessThan(60);
  });

  it('leaves what was not made, and warms up only for that', () => {
    const asked = questions(2);
    const whole = schedule(planOf({ warmup: 2 }, asked), asked);
    const slow = whole.measured.filter(({ model }) => model === 'slow');
    expect(remaining(whole, slow)).toEqual({
      warmups: whole.warmups.filter(({ model }) => model === 'fast'),
      measured: whole.measured.filter(({ model }) => model === 'fast'),
    });
    expect(remaining(whole, whole.measured)).toEqual({ warmups: [], measured: [] });
  });
});

describe('a plan', () => {
  it.each([
    [{ models: [] }, 'models'],
    [{ models: ['a', 'a'] }, 'names something twice'],
    [{ runs: 0 }, 'runs'],
    [{ concurrency: 1_001 }, 'concurrency'],
    [{ seed: -1 }, 'seed'],
    [{ rate: { total: 0, perModel: null } }, 'rate.total'],
    [{ maxCostUsd: 0 }, 'maxCostUsd'],
    [{ inference: { fast: { temperature: 2 } } }, 'inference.fast.temperature'],
  ])('with %p is refused, naming %s', (settings, name) => {
    expect(() => createPlan({ ...SETTINGS, ...settings }, questions(1))).toThrow(name);
  });

  it('needs questions, each with an id of its own', () => {
    expect(() => createPlan(SETTINGS, [])).toThrow('questions.ids');
    expect(() => createPlan(SETTINGS, [...questions(1), ...questions(1)])).toThrow('questions.ids');
  });

  it('differs from another by what changes the measurement', () => {
    const plan = planOf({}, questions(2));
    expect(differences(plan, planOf({ maxCostUsd: 5 }, questions(2)))).toEqual([]);
    expect(differences(plan, planOf({ runs: 2, seed: 9 }, questions(2)))).toEqual(['runs', 'seed']);
    expect(differences(plan, planOf({}, questions(2, 201)))).toEqual(['questions']);
  });
});
