import { UnsupportedError } from './resource';
import { Only, type Arguments } from './resource-types/resource-type';
import { blocks, type Addressed } from './values';

/**
 * Refuses arguments of which the table does not say how the local run treats them, so that nothing added to
 * the system is passed over silently.
 * @throws UnsupportedError naming the first such argument, with the block that it stands in
 */
export function checkArguments(of: Addressed, known: Arguments): void {
  for (const argument of Object.keys(of.values)) {
    const handling = known[argument];
    if (handling === undefined) {
      throw new UnsupportedError(`${of.address}.${argument}`, 'this argument is not emulated');
    }
    if (handling instanceof Only) {
      if (of.values[argument] === handling.value) continue;
      throw new UnsupportedError(
        `${of.address}.${argument}`,
        `only ${JSON.stringify(handling.value)} is emulated`,
      );
    }
    if (typeof handling === 'object') {
      for (const block of blocks(of, argument)) checkArguments(block, handling);
    }
  }
}
