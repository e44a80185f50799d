import { basename } from 'node:path';
import { TRAINING_PREFIX, VALIDATION_PREFIX } from '../../../contract/training-data';
import { CommandError } from '../../command/errors';

/** What Bedrock takes as a dataset's name. Source: Nova user guide, "Preparing data for fine-tuning". */
const KEY = /^[A-Za-z0-9_\-/.]+$/;

const PREFIXES = { training: TRAINING_PREFIX, validation: VALIDATION_PREFIX } as const;

/** Where a file belongs in the training bucket: under its own name, where the training role may read it. */
export const defaultKey = (path: string, use: keyof typeof PREFIXES): string =>
  `${PREFIXES[use]}${basename(path)}`;

/** @throws CommandError for a key that a training job could not read */
export function requireKey(key: string): void {
  if (!KEY.test(key))
    throw new CommandError(
      `Bedrock takes no ${key}: name it with letters, digits, _ - . and / alone (--key).`,
    );
  const prefixes = Object.values(PREFIXES);
  if (!prefixes.some((prefix) => key.startsWith(prefix) && key !== prefix))
    throw new CommandError(
      `The training role may not read ${key}: let it begin with ${prefixes.join(' or ')}.`,
    );
}
