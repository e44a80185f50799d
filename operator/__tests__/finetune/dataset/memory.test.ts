import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../../__tests__/support/synthesize';
import type { MemoryMeasurement } from './measure-memory';

/** Of lines of 1 KB, none of which is kept: more of them take longer, and no more memory. */
const MEGABYTES = 120;

/** What they may take, as a whole and as far as the check adds to Node and the loader of TypeScript. */
const MAX_RSS_MB = 200;
const MAX_GROWTH_MB = 90;

const SCRIPT = join(__dirname, 'measure-memory.ts');

async function measure(megabytes: number): Promise<MemoryMeasurement> {
  const command = ['--import', 'tsx', SCRIPT, String(megabytes)];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT, timeout: 280_000 });
  return JSON.parse(stdout) as MemoryMeasurement;
}

describe('the memory of a check', () => {
  it('is bounded, however many lines there are', async () => {
    const { bytes, problems, peakRssMB, startRssMB } = await measure(MEGABYTES);
    expect([bytes >= MEGABYTES * 1e6, problems]).toEqual([true, 0]);
    expect(peakRssMB).toBeLessThan(MAX_RSS_MB);
    expect(peakRssMB - startRssMB).toBeLessThan(MAX_GROWTH_MB);
  });
});
