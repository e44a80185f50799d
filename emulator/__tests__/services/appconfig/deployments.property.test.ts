import fc from 'fast-check';
import { AwsError } from '../../../platform/http/aws-error';
import { Deployments } from '../../../services/appconfig/deployments';
import type { Strategy } from '../../../services/appconfig/deployments';
import { ContentValidator } from '../../../services/appconfig/validation';

const atOnce: Strategy = {
  id: 'str1234',
  name: 'AllAtOnce',
  durationMinutes: 0,
  growthFactor: 100,
  growthType: 'LINEAR',
  bakeMinutes: 0,
};
const baking: Strategy = { ...atOnce, bakeMinutes: 10 };
const gradual: Strategy = { ...baking, durationMinutes: 30, growthFactor: 15 };
const doubling: Strategy = { ...gradual, growthType: 'EXPONENTIAL' };
const version = (number: number) => ({ number, content: String(number) });

const step = fc.oneof(
  fc.record({
    kind: fc.constant('start' as const),
    strategy: fc.constantFrom(baking, atOnce, gradual, doubling),
  }),
  fc.record({ kind: fc.constant('stop' as const), number: fc.nat(8), allowRevert: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 80 * 60 }) }),
);

const underWay = (state: string) => state === 'BAKING' || state === 'DEPLOYING';

/** Whether it was done; a refusal as AWS words it is none of the test's business here. */
function attempt(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(AwsError);
    return false;
  }
}

it('serves the newest deployment that nobody stopped, and hands out one at a time, whatever is done', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let now = 0;
      const options = { validator: new ContentValidator(['{}']), now: () => now };
      const deployments = new Deployments(options, { version: version(1), strategy: atOnce });
      for (const taken of steps) {
        const [latest] = deployments.list();
        const before = deployments.current();
        if (taken.kind === 'wait') now += taken.minutes * 60_000;
        if (taken.kind === 'start') {
          const idle = latest && !underWay(deployments.stateOf(latest));
          const { strategy } = taken;
          expect(attempt(() => deployments.start({ version: version(2), strategy }))).toBe(idle);
        }
        const target = taken.kind === 'stop' ? deployments.find(taken.number) : undefined;
        if (target && taken.kind === 'stop' && attempt(() => deployments.stop(target, taken.allowRevert))) {
          expect(target).toBe(before);
          expect(deployments.current().deploymentNumber).toBeLessThan(before.deploymentNumber);
        }

        const all = deployments.list();
        const serving = all.find(({ stopped }) => stopped === undefined);
        expect(deployments.current()).toBe(serving);
        expect(all.map(({ deploymentNumber }) => deploymentNumber)).toEqual(
          all.map((_, index) => all.length - index),
        );
        const busy = all.filter((deployment) => underWay(deployments.stateOf(deployment)));
        expect(busy.length).toBeLessThanOrEqual(1);
        // Whoever is not given the newest one yet is served the one before, which is complete.
        const given = serving ? deployments.percentOf(serving) : 0;
        expect(deployments.servedAt(given - 0.01)).toBe(serving);
        if (given < 100) expect(deployments.stateOf(deployments.servedAt(given))).toBe('COMPLETE');
      }
    }),
    { numRuns: 200 },
  );
});
