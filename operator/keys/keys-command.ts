import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { hashOfKey } from '../../contract/callers';
import { CommandError } from '../command/errors';
import { agree } from '../command/interruption';
import { inOption } from '../command/options';
import { note, tell, tellJson } from '../command/output';
import { PROJECT } from '../command/project';
import { table } from '../command/layout';
import { KeyFile, type KeyEntry } from './key-file';

/** 256 bits, behind what secret scanners can know a key by. */
const newKey = (): string => `assistant_${randomBytes(32).toString('base64url')}`;

const HELP = `
A caller shows its key in the header x-api-key, or as "Authorization: Bearer
KEY". The configuration has the keys' hashes alone; a change of it takes effect
with the next deploy of both regions.

With ASSISTANT_ENVIRONMENT they are the environment's own: once it has one,
those of cdktf.json are no longer good there.

To replace a key without a gap: keys new NAME, deploy, let the caller change
over, keys revoke NAME, deploy.`;

export function keysCommand(command: Command): Command {
  const leaf = (usage: string, description: string) =>
    command
      .command(usage)
      .description(description)
      .addOption(inOption('where cdktf.json is', PROJECT, 'this project'));
  leaf('new <name>', 'makes a key of a caller, and prints it this once')
    .option('--json', 'prints it as JSON, with its hash', false)
    .action((name: string, options: { in: string; json: boolean }) => {
      const file = new KeyFile(options.in);
      const key = newKey();
      const entry = { name, sha256: hashOfKey(key), created: new Date().toISOString().slice(0, 10) };
      file.add(entry);
      if (options.json) tellJson({ ...entry, key });
      else tell(key);
      note(
        `Its hash is in ${file.path}; the key itself is kept nowhere here. Deploy both regions: then it works.`,
      );
    });
  leaf('list', 'shows whose keys there are')
    .option('--json', 'prints them as JSON', false)
    .action((options: { in: string; json: boolean }) => {
      const file = new KeyFile(options.in);
      const keys = file.keys();
      if (options.json) {
        tellJson(keys);
        return;
      }
      if (keys.length > 0) {
        tell(table(['name', 'hash', 'made'], keys.map(shown)));
        return;
      }
      note(
        file.environment === undefined
          ? 'There are none.'
          : 'It has none of its own: those of cdktf.json are good.',
      );
    });
  leaf('revoke <name> [hash]', 'takes back the oldest key of a caller, or the one whose hash begins so')
    .option('--yes', 'does not ask before the only key of a caller is taken back', false)
    .action(revoke);
  return command.addHelpText('after', HELP);
}

async function revoke(
  name: string,
  hash: string | undefined,
  options: { readonly in: string; readonly yes: boolean },
): Promise<void> {
  const file = new KeyFile(options.in);
  const own = file.keys().filter((key) => key.name === name);
  // They are in the order in which they were made.
  const oldest = own.find(({ sha256 }) => sha256.startsWith(hash ?? ''));
  if (oldest === undefined) {
    throw new CommandError(
      `There is no such key of ${name}. Those that there are: npm run assistant -- keys list`,
    );
  }
  if (own.length === 1) {
    note(
      `${name} has no other key than ${shown(oldest).slice(1).join(', made ')}: without it, it is shut out.`,
    );
    // Whoever names the key means it; given twice, the command would take the new one after the old one.
    await agree('Revoke it?', options.yes || Boolean(hash), 'Nothing was revoked.');
  }
  file.remove(oldest);
  tell(`Revoked: ${shown(oldest).join(', ')}.`);
  note('Deploy both regions: then it is refused.');
}

const shown = ({ name, sha256, created }: KeyEntry): readonly string[] => [
  name,
  sha256.slice(0, 12),
  created,
];
