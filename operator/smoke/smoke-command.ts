import { InvalidArgumentError, Option, type Command } from 'commander';
import { PORTS, portBase } from '@assistant/emulator';
import { DEMO_KEY } from '../../contract/callers';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { table } from '../command/layout';
import { names as parseNames, wholeNumber } from '../command/options';
import { note, tell, tellJson } from '../command/output';
import { projectConfig } from '../command/project';
import { readStatus, targetOption, type TargetName } from '../command/target';
import { KEY_VARIABLE } from '../drill/traffic';
import { lookAt, type Endpoint } from './checks';

const HELP = `
Each name is asked for its health, its models, what it refuses, one question and
one stream: two short answers of a model for each name, and nothing is changed.

${KEY_VARIABLE} is the caller's key or token; on a laptop the demo key is taken.

Exit codes: ${EXIT.done} all is well; ${EXIT.losing} something is not; ${EXIT.failed} nothing runs on
this machine, or it was refused before anything was asked.`;

const NAMES = ['failover', 'primary', 'secondary'] as const;

interface Options {
  readonly target: TargetName;
  readonly names: readonly string[];
  readonly url?: URL;
  readonly wait: number;
  readonly json: boolean;
}

export const smokeCommand = (command: Command): Command =>
  command
    .addOption(targetOption())
    .addOption(
      new Option('--names <list>', 'which of them').argParser(parseNames).default(NAMES, NAMES.join()),
    )
    .option('--url <url>', 'looks at this address alone', parseUrl)
    .option('--wait <seconds>', 'looks again, so long, at what fails', wholeNumber(0, 3_600), 0)
    .option('--json', 'prints the results as JSON', false)
    .addHelpText('after', HELP)
    .action(async ({ json, wait, ...options }: Options) => {
      const { callers } = projectConfig();
      const key = process.env[KEY_VARIABLE] ?? (options.target === 'local' ? DEMO_KEY : undefined);
      const needsKey = callers.mode !== 'none';
      if (key === undefined && needsKey)
        throw new CommandError(
          `Whose key is to be shown? export ${KEY_VARIABLE}; one is made by: npm run assistant -- keys new smoke`,
        );
      const asked = { key: key ?? '', needsKey };
      const looks = endpoints(options).map((endpoint) => lookAt(endpoint, asked, wait * 1_000));
      const results = (await Promise.all(looks)).flat();
      const failed = results.filter(({ passed }) => !passed);
      // Where nothing runs, nothing is to be said of the names. After the looks: --wait waits for a start, too.
      if (failed.length === results.length && options.target === 'local' && options.url === undefined)
        await readStatus();
      if (json) tellJson(results);
      else
        tell(
          table(
            ['name', 'check', '', 'seen', 'ms'],
            results.map(({ endpoint, check, passed, seen, ms }) => [
              ...[endpoint, check, passed ? 'ok' : 'FAILED', seen, String(ms)],
            ]),
          ),
        );
      if (failed.length === 0) return;
      note(`${failed.length} of ${results.length} checks failed.`);
      if (needsKey && failed.some(({ seen }) => seen.startsWith('The status is 401')))
        note(`401 is of the key: export ${KEY_VARIABLE}, a caller's key or token.`);
      process.exitCode = EXIT.losing;
    });

function endpoints({ target, names, url }: Omit<Options, 'json' | 'wait'>): readonly Endpoint[] {
  if (url !== undefined) return [{ name: url.host, url }];
  const { domain, regions } = projectConfig();
  const other = names.find((name) => !NAMES.includes(name as (typeof NAMES)[number]));
  if (other !== undefined) throw new CommandError(`There is no name ${other}: ${NAMES.join(', ')}.`);
  return NAMES.filter((name) => names.includes(name)).map((name) => ({
    name,
    url: new URL(
      target === 'aws' ? `https://${domain[name]}/` : `http://127.0.0.1:${portBase() + PORTS[name]}/`,
    ),
    ...(name !== 'failover' && { region: regions[name] }),
  }));
}

function parseUrl(text: string): URL {
  const address = text.endsWith('/') ? text : `${text}/`;
  if (/^https?:/.test(address) && URL.canParse(address)) return new URL(address);
  throw new InvalidArgumentError('It must be an address such as https://assistant.example.com/');
}
