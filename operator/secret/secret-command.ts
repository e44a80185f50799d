import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { note, tell, tellJson } from '../command/output';

/** 256 bits, as text that may stand in a path. */
const BYTES = 32;

const probeSecret = (): string => randomBytes(BYTES).toString('base64url');

export const secretCommand = (command: Command): Command =>
  command
    .option('--json', 'prints it as JSON: {"secret": "…"}', false)
    .addHelpText(
      'after',
      `
The same secret goes to all stacks: export it before \`cdktf deploy\`, and keep it
where you keep secrets.

Example:
  export TF_VAR_probe_secret="$(npm run --silent assistant -- secret)"`,
    )
    .action(({ json }: { readonly json: boolean }) => {
      const secret = probeSecret();
      if (json) tellJson({ secret });
      else tell(secret);
      note('Hand it to Terraform as TF_VAR_probe_secret, the same for all stacks; it is kept nowhere here.');
    });
