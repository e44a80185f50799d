import { skipTime } from '../../../__tests__/support/skip-time';
import { poll, type Poll } from '../../command/poll';

jest.mock('node:timers/promises', () =>
  jest.requireActual<object>('../../../__tests__/support/timers-promises'),
);
skipTime();

/** So fast that the shortest interval applies. */
const target = { kind: 'local', speed: 1e9 } as const;

function polling(states: readonly (string | Error)[], more: Partial<Poll<string>> = {}) {
  const [troubles, seen]: [string[], string[]] = [[], []];
  let next = 0;
  const result = poll({
    target,
    intervalMs: 1_000,
    signal: new AbortController().signal,
    read: () => {
      const state = states[Math.min(next++, states.length - 1)] ?? '';
      return state instanceof Error ? Promise.reject(state) : Promise.resolve(state);
    },
    isOver: (state) => state === 'over',
    onState: (state) => seen.push(state),
    onTrouble: (trouble) => troubles.push(trouble),
    ...more,
  });
  return { result, troubles, seen };
}

const throttled = Object.assign(new Error('slow'), {
  name: 'ThrottlingException',
  $metadata: { httpStatusCode: 429 },
});

test('looks until it is over, across failures that may go well later', async () => {
  const { result, troubles, seen } = polling(['begun', throttled, 'over', 'never']);
  await expect(result).resolves.toBe('over');
  expect(seen).toEqual(['begun', 'over']);
  expect(troubles).toEqual([expect.stringContaining('ThrottlingException')]);
});

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

test.each([
  ['local', 'The local run has ended, and what it held with it'],
  ['aws', 'goes on: run the same command again'],
] as const)('gives up where nothing answers: %s', async (kind, advice) => {
  const { result, troubles } = polling(['begun', refused], {
    target: { ...target, kind },
    unansweredMs: 400,
  });
  await expect(result).rejects.toThrow(advice);
  expect(troubles.length).toBeGreaterThan(0);
});

test('goes on where something answers, if only that it is busy', async () => {
  const { result } = polling([refused, throttled, refused, 'over'], { unansweredMs: 400 });
  await expect(result).resolves.toBe('over');
});

test('ends with any other failure', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  await expect(polling(['begun', denied, 'over']).result).rejects.toBe(denied);
});

test('gives up after its time', async () => {
  await expect(polling(['begun'], { giveUpAfterMs: 1_000 }).result).rejects.toThrow('It is not over after');
});

test('ends when it is interrupted', async () => {
  const interruption = new AbortController();
  const { result } = polling(['begun'], {
    signal: interruption.signal,
    onState: () => {
      interruption.abort();
    },
  });
  await expect(result).rejects.toMatchObject({ name: 'AbortError' });
});
