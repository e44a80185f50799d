import { join } from 'node:path';
import type { Command } from 'commander';
import { ENVIRONMENT_VARIABLE } from '../../constructs/config/environment';
import { readLayers } from '../../constructs/config/read-config';
import { PROBE_SECRET_VARIABLE } from '../../contract/probe';
import { KEY_VARIABLE } from '../drill/traffic';
import { table } from '../command/layout';
import { inOption } from '../command/options';
import { tell, tellJson } from '../command/output';
import { PROJECT } from '../command/project';
import { effectiveValues } from './effective-values';

/** Of the environment, what a deployment and the commands go by; none of it is ever shown. */
const SECRETS = [`TF_VAR_${PROBE_SECRET_VARIABLE}`, KEY_VARIABLE];

const HELP = `
What cdktf.json has, and what is laid over it by the file of environments/ that
${ENVIRONMENT_VARIABLE} names. Of callers' keys it shows the beginnings of their
hashes, of secrets in the environment whether they are set.`;

export const configCommand = (command: Command): Command =>
  command
    .addOption(inOption('where cdktf.json is', PROJECT, 'this project'))
    .option('--json', 'prints it as JSON', false)
    .addHelpText('after', HELP)
    .action((options: { readonly in: string; readonly json: boolean }) => {
      const layers = readLayers(process.env, join(options.in, 'cdktf.json'));
      const values = effectiveValues(layers);
      const secrets = Object.fromEntries(SECRETS.map((name) => [name, Boolean(process.env[name])]));
      if (options.json) {
        tellJson({ environment: layers.environment?.name ?? null, values, secrets });
        return;
      }
      tell(
        `Of ${layers.from}, unless it says of what:`,
        table(
          ['key', 'value'],
          [
            ...values.map(({ key, value, from }) => {
              const shown = value === undefined ? '–' : typeof value === 'string' ? value : spacedJson(value);
              return [key, from === layers.from ? shown : `${shown}\n(${from})`];
            }),
            ...SECRETS.map((name) => [
              name,
              `${secrets[name] === true ? 'set; not shown' : 'not set'}\n(environment variable)`,
            ]),
          ],
        ),
      );
    });

/** With blanks, at which it may be broken. */
const spacedJson = (value: unknown): string => JSON.stringify(value, null, 1).replace(/\s*\n\s*/g, ' ');
