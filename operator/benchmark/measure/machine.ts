import { availableParallelism, cpus, platform, release } from 'node:os';
import type { BenchmarkResult } from '../result/result';

export const readMachine = (): BenchmarkResult['machine'] => ({
  node: process.version,
  os: `${platform()} ${release()}`,
  cpu: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
});
