import { FORGOTTEN, TURN_KEY } from '../../../contract/conversation';
import { forgetInTable } from '../../../lambdas/adapters/forget-conversation';

const KEPT = { table: 'conversations', retentionDays: 30 };

/** A table that has so many turns, 25 of which are gone a second later. */
function setUp(turns: number, isBusy = false) {
  const marks: unknown[] = [];
  const forget = forgetInTable(KEPT, {
    put: ({ Item }) => Promise.resolve(void marks.push(Item?.[TURN_KEY]?.S)) as never,
    query: () => Promise.resolve({ Items: Array(Math.min(25, turns)).fill({}) }) as never,
    batchWrite: ({ RequestItems }) => {
      turns -= 25;
      jest.advanceTimersByTime(1_000);
      return Promise.resolve(isBusy ? { UnprocessedItems: RequestItems } : {}) as never;
    },
  });
  return { marks, forget: () => forget('shop', 'id') };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it.each([
  ['of as many turns as can be deleted in time', 19 * 25, undefined],
  ['of more, which is to be asked for again', 50 * 25, 'There are too many turns for one request.'],
])('a conversation %s is marked as forgotten first', async (_, turns, failure) => {
  const { marks, forget } = setUp(turns);
  const forgetting = forget().then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  expect(await forgetting).toBe(failure);
  expect(marks).toEqual([FORGOTTEN]);
});

it('a table that is too busy is to be asked again', async () => {
  await expect(setUp(1, true).forget()).rejects.toThrow('too busy');
});
