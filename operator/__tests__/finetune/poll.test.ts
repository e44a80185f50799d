import { poll, type Poll } from '../../finetune/poll';

/** So fast that the shortest interval applies. */
const target = { speed: 1e9 };

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

const throttled = Object.assign(new Error('slow'), { name: 'ThrottlingException' });

test('looks until it is over, across failures that may go well later', async () => {
  const { result, troubles, seen } = polling(['begun', throttled, 'over', 'never']);
  await expect(result).resolves.toBe('over');
  expect(seen).toEqual(['begun', 'over']);
  expect(troubles).toEqual([expect.stringContaining('ThrottlingException')]);
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
