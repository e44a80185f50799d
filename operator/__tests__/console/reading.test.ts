import { NOT_YET, Reading } from '../../console/server/aws/reading';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('asks AWS once in its time, however often it is looked at, and not while nobody looks', async () => {
  let calls = 0;
  const reading = new Reading(() => Promise.resolve((calls += 1)), 60_000);
  expect(reading.get()).toBe(NOT_YET);
  for (let second = 0; second < 59; second += 1) {
    await jest.advanceTimersByTimeAsync(1_000);
    for (let page = 0; page < 20; page += 1) expect(reading.get()).toBe(1);
  }
  expect(calls).toBe(1);
  await jest.advanceTimersByTimeAsync(600_000);
  expect(calls).toBe(1);
  reading.get();
  await jest.advanceTimersByTimeAsync(0);
  expect([calls, reading.get()]).toEqual([2, 2]);
});

it('has one call under way at most: one that hangs is not asked beside', async () => {
  let calls = 0;
  const reading = new Reading(() => new Promise(() => (calls += 1)), 1_000);
  for (let second = 0; second < 30; second += 1) {
    expect(reading.get()).toBe(NOT_YET);
    await jest.advanceTimersByTimeAsync(1_000);
  }
  expect(calls).toBe(1);
});

it('says why what it knew is not known any more, and asks again soon', async () => {
  const answers = [
    () => Promise.resolve('known'),
    () => Promise.reject(new Error('It is away.')),
    () => Promise.resolve('back'),
  ];
  const reading = new Reading(
    () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
    600_000,
  );
  reading.get();
  await jest.advanceTimersByTimeAsync(600_000);
  expect(reading.get()).toBe('known');
  await jest.advanceTimersByTimeAsync(0);
  expect(reading.get()).toBe('It is away.');
  await jest.advanceTimersByTimeAsync(15_000);
  reading.get();
  await jest.advanceTimersByTimeAsync(0);
  expect(reading.get()).toBe('back');
});
