import { readFileSync } from 'node:fs';
import { InvalidBehaviourError, type ModelBehaviours } from './model-behaviours';

/**
 * Sets what a JSON file says.
 * @throws InvalidBehaviourError naming the file, and the fields at fault
 */
export function setFromFile(behaviours: ModelBehaviours, path: string): void {
  try {
    behaviours.set(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidBehaviourError(`The models' behaviours in ${path} cannot be set: ${reason}`);
  }
}
