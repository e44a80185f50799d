import {
  CreateCustomModelDeploymentCommand,
  CreateProvisionedModelThroughputCommand,
  GetCustomModelDeploymentCommand,
  GetProvisionedModelThroughputCommand,
  type CommitmentDuration,
} from '@aws-sdk/client-bedrock';
import { CommandError } from '../../command/errors';
import { untilInterrupted } from '../../command/interruption';
import { note } from '../../command/output';
import { commandLine } from '../target/open-target';
import { poll } from '../../command/poll';
import type { Target } from '../target/target';
import { findServings, SERVING_GIVE_UP_MS, SERVING_INTERVAL_MS, type Serving } from './servings';
import type { TunedModel } from './tuned-model';

/** How the model is to be served. */
export type ServingWish =
  | { readonly kind: 'on-demand' }
  | {
      readonly kind: 'provisioned';
      readonly units: number;
      readonly commitment: CommitmentDuration | undefined;
    };

type Bedrock = Pick<Target, 'kind' | 'bedrock' | 'speed'>;

interface State {
  readonly status?: string | undefined;
  readonly failureMessage?: string | undefined;
}

/**
 * Makes the model invocable, unless it is already; waits until it is. Names are unique in Bedrock, and the model's
 * is used: a second run cannot make a second one.
 * @returns ARN of what serves it
 * @throws CommandError where Bedrock could not
 */
export async function ensureServing(target: Bedrock, model: TunedModel, wish: ServingWish): Promise<string> {
  const servings = await findServings(target, model.arn);
  const existing = servings.find(({ kind }) => kind === wish.kind);
  const arn = existing?.arn ?? (await create(target, model, wish));
  note(`${existing ? 'Found' : 'Created'} ${arn}; waiting until it can be invoked.`);
  const { status = '', failureMessage } = await untilInterrupted(
    'Run the same command again: it goes on waiting.',
    (signal) =>
      poll<State>({
        target,
        intervalMs: SERVING_INTERVAL_MS,
        giveUpAfterMs: SERVING_GIVE_UP_MS,
        signal,
        read: () => stateOf(target, wish.kind, arn),
        isOver: ({ status: now }) => now !== 'Creating' && now !== 'Updating',
        onTrouble: (trouble) => {
          note(`${trouble} Trying again.`);
        },
      }),
  );
  if (status === 'Active' || status === 'InService') return arn;
  throw new CommandError(
    `Bedrock could not make ${model.name} invocable: ${failureMessage ?? status}. ` +
      `Remove it (${commandLine(target, `undeploy ${existing?.name ?? model.name}`)}), and deploy it again.`,
  );
}

async function create({ bedrock }: Bedrock, model: TunedModel, wish: ServingWish): Promise<string> {
  if (wish.kind === 'on-demand') {
    const { customModelDeploymentArn = '' } = await bedrock.send(
      new CreateCustomModelDeploymentCommand({ modelDeploymentName: model.name, modelArn: model.arn }),
    );
    return customModelDeploymentArn;
  }
  const { provisionedModelArn = '' } = await bedrock.send(
    new CreateProvisionedModelThroughputCommand({
      provisionedModelName: model.name,
      modelId: model.arn,
      modelUnits: wish.units,
      ...(wish.commitment && { commitmentDuration: wish.commitment }),
    }),
  );
  return provisionedModelArn;
}

/** How far it is; of either kind Bedrock says it in the same words. */
const stateOf = ({ bedrock }: Bedrock, kind: Serving['kind'], arn: string): Promise<State> =>
  kind === 'on-demand'
    ? bedrock.send(new GetCustomModelDeploymentCommand({ customModelDeploymentIdentifier: arn }))
    : bedrock.send(new GetProvisionedModelThroughputCommand({ provisionedModelId: arn }));
