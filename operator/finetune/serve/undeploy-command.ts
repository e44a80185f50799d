import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { STALE_INTERVALS } from '../../../contract/model-selection';
import { agree, untilInterrupted } from '../../command/interruption';
import { note } from '../../command/output';
import { targetOption } from '../../command/target';
import { CommandError } from '../../command/errors';
import { withTarget, type TargetOptions, commandLine } from '../target/open-target';
import { regionsThatName, withdraw } from '../promote/withdraw';
import { pollSeconds, type Target } from '../target/target';
import { tunedChoice } from './deploy-model';
import { findServings, removeServing, type Serving } from './servings';
import { findPackage, setApproval } from './register';
import { findTunedModel } from './tuned-model';

interface UndeployOptions extends TargetOptions {
  readonly yes: boolean;
}

const HELP = `
What the model served gets back the rule that it had before; where somebody has
changed the rule since, the base model takes the tuned one's place. The standby
region comes first. What serves the model is deleted only when no deployed
ModelConfig names it any more; the tuned model itself stays, and can be deployed
again.

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

/** ARN of what serves a model. */
const OF_SERVING = /^arn:.*:(?:custom-model-deployment|provisioned-model)\//;

/**
 * Reverses a deployment: the ModelConfigs first, then what served the model. The tuned model itself stays.
 * @param identifier of what serves the model, of the model, or of its job
 * @param agree asked before anything changes for customers; throws unless it is agreed to
 */
export async function undeployModel(
  target: Target,
  identifier: string,
  agree: (question: string) => Promise<void>,
): Promise<void> {
  const all = await findServings(target);
  const doomed = await chosen(target, identifier, all);
  const alive = all.filter((serving) => !doomed.includes(serving)).map(({ arn }) => arn);
  for (const serving of doomed) {
    const named = await regionsThatName(target, serving.arn);
    await agree(
      named.length > 0
        ? `${serving.arn} answers customers by the ModelConfig in ${named.join(' and ')}. It will be taken out and deleted.`
        : `${serving.arn} will be deleted; no ModelConfig names it.`,
    );
    await takeOut(target, serving, alive, named.length > 0);
    // Before it is deleted: a run that ends here is found again by what still serves.
    const registered = await findPackage(target, serving.modelArn);
    if (registered) await setApproval(target, registered.arn, 'Rejected', 'Taken out of service');
    await removeServing(target, serving);
    note(`Deleted: ${serving.arn}`);
  }
}

async function chosen(
  target: Target,
  identifier: string,
  all: readonly Serving[],
): Promise<readonly Serving[]> {
  const direct = all.filter(({ arn, name }) => arn === identifier || name === identifier);
  if (direct.length > 0) return direct;
  if (OF_SERVING.test(identifier)) {
    throw new CommandError(`There is no ${identifier} in ${target.region}: ${commandLine(target, 'list')}`);
  }
  const { arn, name } = await findTunedModel(target, identifier);
  const servings = all.filter(({ modelArn }) => modelArn === arn);
  if (servings.length === 0)
    note(`Nothing serves ${name} in ${target.region}: it is out of service already.`);
  return servings;
}

async function takeOut(
  target: Target,
  serving: Serving,
  alive: readonly string[],
  wasNamed: boolean,
): Promise<void> {
  const model = await findTunedModel(target, serving.modelArn);
  await withdraw(target, tunedChoice(model, serving, target.region), alive);
  if (!wasNamed) return;
  // Until they have looked again, functions answer by the rules from before, which name what is to be deleted.
  const seconds = STALE_INTERVALS * pollSeconds(target);
  note(`Waiting ${seconds} s until every function has read the new rules.`);
  await untilInterrupted(
    'No ModelConfig names it any more. Run the same command again to delete it.',
    (signal) => delay(seconds * 1_000, undefined, { signal }),
  );
}
