import { Command } from 'commander';
import { confirm } from '../../confirm';
import { CommandError } from '../command/command-error';
import { untilInterrupted } from '../command/interruption';
import { note } from '../command/tell';
import { withTarget, withTargetOption } from '../command/with-target';
import type { TargetOptions } from '../target/open-target';
import { undeployModel } from './undeploy-model';

interface UndeployOptions extends TargetOptions {
  readonly yes: boolean;
}

const HELP = `
What the model served gets back the rule that it had before; where somebody has changed the rule since, the base
model takes the tuned one's place. The standby region comes first. What serves the model is deleted only when no
deployed ModelConfig names it any more; the tuned model itself stays, and can be deployed again.

Examples:
  npm run finetune -- undeploy support-2
  npm run finetune -- undeploy support-2 --yes --target aws`;

export const undeployCommand = (): Command =>
  withTargetOption(new Command('undeploy'))
    .description('takes a tuned model out of service, and deletes what served it')
    .argument('<deployment>', 'name or ARN of a deployment, of the tuned model, or of its job')
    .option('--yes', 'does not ask', false)
    .addHelpText('after', HELP)
    .action((identifier: string, options: UndeployOptions) =>
      withTarget(options, (target) =>
        undeployModel(target, identifier, (question) => agree(question, options)),
      ),
    );

async function agree(question: string, { yes }: UndeployOptions): Promise<void> {
  note(question);
  if (yes || (await untilInterrupted('Nothing was changed.', (signal) => confirm('Go on?', signal)))) return;
  throw new CommandError('Nothing was changed. --yes goes on without asking.');
}
