import { Command } from 'commander';
import { agree } from '../../command/interruption';
import { note } from '../../command/output';
import { targetOption } from '../../command/target';
import { withTarget, type TargetOptions } from '../target/open-target';
import { undeployModel } from './undeploy-model';

interface UndeployOptions extends TargetOptions {
  readonly yes: boolean;
}

const HELP = `
What the model served gets back the rule that it had before; where somebody has changed the rule since, the base
model takes the tuned one's place. The standby region comes first. What serves the model is deleted only when no
deployed ModelConfig names it any more; the tuned model itself stays, and can be deployed again.

Examples:
  npm run assistant -- finetune undeploy support-2
  npm run assistant -- finetune undeploy support-2 --yes --target aws`;

export const undeployCommand = (): Command =>
  new Command('undeploy')
    .addOption(targetOption())
    .description('takes a tuned model out of service, and deletes what served it')
    .argument('<deployment>', 'name or ARN of a deployment, of the tuned model, or of its job')
    .option('--yes', 'does not ask', false)
    .addHelpText('after', HELP)
    .action((identifier: string, options: UndeployOptions) =>
      withTarget(options, (target) =>
        undeployModel(target, identifier, (question) => {
          note(question);
          return agree('Go on?', options.yes, 'Nothing was changed.');
        }),
      ),
    );
