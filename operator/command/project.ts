import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { readConfig } from '../../constructs/config/read-config';

export const PROJECT = join(__dirname, '..', '..');

/** Where a stack was synthesized last. @param folder of cdktf.out */
export const stackFolder = (
  folder: string,
  stack: string,
  { environment }: Pick<AssistantConfig, 'environment'> = projectConfig(),
): string =>
  join(folder, 'cdktf.out', ['stacks', ...(environment === undefined ? [] : [environment])].join('-'), stack);

/** Where reports and results are written unless `--out` says otherwise. */
export const RESULTS = join(PROJECT, 'results');

/** Where a rehearsed deployment is kept unless `--in` says otherwise. */
export const REHEARSAL = join(PROJECT, '.rehearsal');

/** The project's configuration, whatever folder a command is started in. */
export const projectConfig = (): AssistantConfig => readConfig(process.env, join(PROJECT, 'cdktf.json'));
