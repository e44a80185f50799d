import { Faults } from '@assistant/emulator/run';
import { faultLines } from '../../fault/fault-command';
import { textOf } from '../terminal';

it.each([
  [
    { mode: 'slow', ms: 3_000, on: 5, off: 4 },
    /│ slow, 3000 ms +│ any +│ 100 % +│ until cleared: 5 s on, 4 s off/,
  ],
  [{ mode: 'error', rate: 0.333, seconds: 20 }, /│ error +│ any +│ 33\.3 % +│ 20 s +│/],
])('of a fault that is in force, %j is told', (fault, told) => {
  const faults = new Faults();
  faults.add({ region: 'secondary', target: 'bedrock', ...fault });
  expect(textOf(faultLines(faults.list()))).toMatch(told);
});
