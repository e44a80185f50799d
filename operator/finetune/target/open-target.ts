import { mlopsRegion } from '../../../constructs/config/mlops-config';
import { CommandError } from '../../command/errors';
import { projectConfig } from '../../command/project';
import { readStatus, requireRegion, type TargetName } from '../../command/target';
import { createClients } from './clients';
import { derivedOutputs, keyArn, namesEverything, stackResources, terraformOutputs } from './stack-resources';
import type { Target } from './target';

export interface TargetOptions {
  readonly target: TargetName;
}

/**
 * Opens what the commands work on; whoever opens it closes it.
 * @throws Error with what to start, export or deploy where something is missing
 */
export const openTarget = ({ target }: TargetOptions): Promise<Target> =>
  target === 'local' ? localTarget() : awsTarget();

/** Opens the target, and closes it whatever happens. */
export async function withTarget(
  options: TargetOptions,
  act: (target: Target) => Promise<void>,
): Promise<void> {
  const target = await openTarget(options);
  try {
    await act(target);
  } finally {
    target.close();
  }
}

/** What to type next, for the same target. */
export const commandLine = ({ kind }: Pick<Target, 'kind'>, words: string): string =>
  `npm run assistant -- finetune ${words}${kind === 'aws' ? ' --target aws' : ''}`;

/** Why something may be gone that was there, to be said after that it is not found. */
export const forgotten = ({ kind }: Pick<Target, 'kind'>): string =>
  kind === 'local'
    ? ' (uploads, jobs and models of a local run are gone when it ends or is started anew)'
    : '';

/**
 * A deployment, by the credentials that the AWS SDK finds.
 * @throws Error where it is not known what the mlops stack made, or no credentials are found
 */
export async function awsTarget(environment = process.env): Promise<Target> {
  const config = projectConfig();
  const region = mlopsRegion(config);
  const here = { region };
  const clients = createClients(
    { s3: here, bedrock: here, sageMaker: here, iam: here, kms: here, sts: here },
    { primary: { region: config.regions.primary }, secondary: { region: config.regions.secondary } },
  );
  try {
    const outputs = namesEverything(environment) ? {} : await readOutputs(clients.sts, config, region);
    const resources = stackResources(environment, outputs);
    const kmsKeyArn = await keyArn(clients.kms, resources.kmsKeyArn);
    return { kind: 'aws', config, region, ...resources, kmsKeyArn, ...clients, speed: 1 };
  } catch (error) {
    clients.close();
    throw error;
  }
}

const readOutputs = async (...deployment: Parameters<typeof derivedOutputs>) =>
  (await terraformOutputs()) ?? derivedOutputs(...deployment);

/**
 * A running `npm start`, reached by its control port. The environment is left aside: what it names is on AWS.
 * @throws Error where none runs, with what to do
 */
async function localTarget(): Promise<Target> {
  const status = await readStatus();
  const { clock, mlops } = status;
  if (!mlops) throw new CommandError('The running system has no stack mlops. Start it anew: npm start');
  return {
    kind: 'local',
    config: projectConfig(),
    region: mlops.region,
    ...stackResources({}, mlops.outputs),
    ...createClients(mlops.clients, {
      primary: requireRegion(status, 'primary').clients.appConfig,
      secondary: requireRegion(status, 'secondary').clients.appConfig,
    }),
    speed: clock.speed,
  };
}
