import { Worker } from 'node:worker_threads';
import { liveHeap } from '../system/live-heap';

const MIB = 2 ** 20;

/** Keeps so many MiB alive, and lies still, as an instance does without work. */
const keeping = (mib: number) =>
  new Promise<Worker>((resolve) => {
    const source = `
      const kept = Array.from({ length: ${mib} }, () => new Array(${MIB / 8}).fill(0.5));
      require('node:worker_threads').parentPort.postMessage(kept.length);
      setInterval(() => kept.length, 1_000);`;
    const worker = new Worker(source, { eval: true });
    worker.once('message', () => {
      resolve(worker);
    });
  });

it('tells what is alive in all threads', async () => {
  const workers = await Promise.all([keeping(20), keeping(30)]);
  const { liveMb, threads } = await liveHeap();
  await Promise.all(workers.map((worker) => worker.terminate()));
  const after = await liveHeap();
  expect(threads).toBe(after.threads + 2);
  // Not against a look before: what earlier tests have left in this thread takes several collections.
  expect(liveMb - after.liveMb).toBeGreaterThan(49);
});
