import { writeFileSync } from 'node:fs';
import { CommandError } from '../../command/errors';
import { note, tellExactly } from '../../command/output';
import { commandLine } from '../target/open-target';
import { isBegun, previewPromotion, promote, requireServable } from '../promote/promote';
import type { TunedChoice } from '../promote/serve-tuned';
import { pollSeconds, type Target } from '../target/target';
import { ensureServing, type ServingWish } from './ensure-serving';
import { registerModel, setApproval } from './register';
import type { Serving } from './servings';
import { findTunedModel, type TunedModel } from './tuned-model';

export interface DeployOptions {
  readonly wish: ServingWish;
  /** Agrees to a price, or throws. */
  readonly agree: (model: TunedModel) => Promise<void>;
  readonly type: string;
  /** Left out: the ModelConfig is not deployed. Shows that the model is better and agrees, or throws. */
  readonly approve?: ((model: TunedModel, tuned: TunedChoice) => Promise<void>) | undefined;
  /** Promotes to all functions in one. */
  readonly now: boolean;
  /** Where the ModelConfig is written; default: standard output. */
  readonly out?: string | undefined;
}

/** The model as a rule names it: what it was tuned from stands in for it. */
export const tunedChoice = (
  { base }: TunedModel,
  { arn }: Pick<Serving, 'arn'>,
  region: string,
): TunedChoice => ({
  region,
  model: { modelId: arn, contextTokens: base.servedAs.contextTokens },
  base: base.servedAs,
});

/**
 * Makes a tuned model invocable, registers it, and shows or deploys the ModelConfig that serves a type by it.
 * Whatever was done by an earlier run is found and not done again.
 */
export async function deployModel(target: Target, identifier: string, options: DeployOptions): Promise<void> {
  const { wish, type } = options;
  requireServable(target);
  const model = await findTunedModel(target, identifier);
  if (wish.kind === 'on-demand' && !model.base.onDemand) {
    throw new CommandError(
      `Bedrock serves models tuned from ${model.base.id} with provisioned throughput alone: ` +
        'give --provisioned, which is paid by the hour.',
    );
  }
  if (wish.kind === 'provisioned') await options.agree(model);
  const arn = await ensureServing(target, model, wish);
  const packageArn = await registerModel(target, model, arn);
  note(`Registered: ${packageArn}`);
  const tuned = tunedChoice(model, { arn }, target.region);
  if (options.approve) {
    // An interrupted promotion goes on: what it has begun was approved. Another type's evidence is its own.
    if (!(await isBegun(target, type, tuned))) await options.approve(model, tuned);
    await promote(target, type, tuned, options.now);
    await setApproval(target, packageArn, 'Approved', `Serves ${type} in ${target.region}`);
    note(`${type} is answered by ${arn} in ${target.region}, by ${tuned.base.modelId} elsewhere.`);
    note(`Functions look for new rules every ${pollSeconds(target)} s.`);
    note(`Take it back: ${commandLine(target, `undeploy ${model.name}`)}`);
    return;
  }
  const config = `${JSON.stringify(await previewPromotion(target, type, tuned), undefined, 2)}\n`;
  if (options.out === undefined) tellExactly(config);
  else writeFileSync(options.out, config);
  note(
    'Nothing serves by it yet. Deploy this ModelConfig, with evidence that it is better, or without:',
    `  ${commandLine(target, `deploy ${model.name} --promote ${type}`)}`,
    `  npm run assistant -- models deploy ${options.out ?? 'FILE'}${target.kind === 'aws' ? ' --target aws' : ''}`,
  );
}
