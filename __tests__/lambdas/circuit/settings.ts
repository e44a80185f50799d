import type { CircuitSettings } from '../../../contract/circuit';

export const SETTINGS: CircuitSettings = {
  failures: 3,
  failureRate: 0.5,
  minimumCalls: 4,
  windowSeconds: 30,
  openSeconds: 10,
  maxOpenSeconds: 60,
  goodProbes: 2,
};
