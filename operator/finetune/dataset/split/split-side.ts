import { hash } from 'node:crypto';

export type Side = 'training' | 'validation';

/**
 * Where a record belongs, told by its content and the seed alone: the same wherever it stands, whatever stands
 * around it, and for its copies, so that nothing is validated on what was trained.
 * @param share of the records for validation, between 0 and 1
 */
export function sideOf(content: string, seed: number, share: number): Side {
  const point = hash('sha256', `${seed}\0${content}`, 'buffer').readUInt32BE() / 2 ** 32;
  return point < share ? 'validation' : 'training';
}
