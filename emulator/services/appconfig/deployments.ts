import { BadRequestError, ConflictError } from './errors';
import type { HostedVersion } from './hosted-versions';
import { checkDescription, type ContentValidator } from './validation';

/** How a deployment spreads: which part of the clients has it when, and how long it is watched afterwards. */
export interface Strategy {
  readonly id: string;
  readonly name: string;
  readonly durationMinutes: number;
  /** Percent of the clients that each step adds. */
  readonly growthFactor: number;
  readonly growthType: 'LINEAR' | 'EXPONENTIAL';
  readonly bakeMinutes: number;
}

const predefined = (
  name: string,
  [durationMinutes, growthFactor, bakeMinutes]: readonly [number, number, number],
  growthType: Strategy['growthType'] = 'LINEAR',
): Strategy => ({ id: name, name, durationMinutes, growthFactor, growthType, bakeMinutes });

/** Strategies that AWS has made already. Source: AppConfig user guide, "Predefined deployment strategies". */
export const PREDEFINED_STRATEGIES: readonly Strategy[] = [
  predefined('AppConfig.AllAtOnce', [0, 100, 10]),
  predefined('AppConfig.Linear50PercentEvery30Seconds', [1, 50, 1]),
  predefined('AppConfig.Canary10Percent20Minutes', [20, 10, 10], 'EXPONENTIAL'),
  predefined('AppConfig.Linear20PercentEvery6Minutes', [30, 20, 30]),
];

/** Whether clients get the configuration one after the other, which the local run does not emulate. */
export const isGradual = ({ durationMinutes, growthFactor }: Strategy): boolean =>
  durationMinutes !== 0 || growthFactor !== 100;

/** Source: AppConfig API reference, `StopDeployment`. */
const REVERT_MS = 72 * 60 * 60 * 1000;

export interface Deployment {
  readonly deploymentNumber: number;
  readonly version: number;
  readonly content: string;
  readonly strategy: Strategy;
  readonly description?: string;
  /** milliseconds since the epoch */
  readonly deployedAt: number;
  /** end of its bake time, in milliseconds since the epoch: until then no other may start */
  readonly completeAt: number;
  /** It serves no longer: stopped while it baked (rolled back) or after it was complete (reverted). */
  readonly stopped?: { readonly as: 'ROLLED_BACK' | 'REVERTED'; readonly at: number };
}

/** All at once: what a deployment waits for is the end of its bake time. */
export type DeploymentState = 'BAKING' | 'COMPLETE' | 'ROLLED_BACK' | 'REVERTED';

interface NewDeployment {
  readonly version: HostedVersion;
  readonly strategy: Strategy;
  readonly description?: string | undefined;
  /** Number that the latest deployment must have: nobody else has deployed since it was read. */
  readonly latestNumber?: number | undefined;
}

interface DeploymentsOptions {
  readonly validator: Pick<ContentValidator, 'check'>;
  readonly now: () => number;
}

/** The deployments of one profile to one environment: all at once, then baking. */
export class Deployments {
  private readonly deployments: Deployment[] = [];

  /** @throws BadRequestError when the validator refuses the seed */
  constructor(
    private readonly options: DeploymentsOptions,
    seed: NewDeployment,
  ) {
    this.start(seed);
  }

  /** The configuration in force: served from the moment its deployment starts, also while it bakes. */
  current(): Deployment {
    const serving = this.deployments.findLast(({ stopped }) => stopped === undefined);
    if (serving === undefined) throw new Error('No deployment is in force.');
    return serving;
  }

  /** The newest first. */
  list(): readonly Deployment[] {
    return [...this.deployments].reverse();
  }

  find(number: number): Deployment | undefined {
    return this.deployments.find(({ deploymentNumber }) => deploymentNumber === number);
  }

  stateOf({ stopped, completeAt }: Deployment): DeploymentState {
    return stopped?.as ?? (this.options.now() < completeAt ? 'BAKING' : 'COMPLETE');
  }

  /** @throws ConflictError while the deployment before bakes */
  requireIdle(): void {
    const baking = this.deployments.find((deployment) => this.stateOf(deployment) === 'BAKING');
    if (baking === undefined) return;
    const { deploymentNumber, completeAt } = baking;
    throw new ConflictError(
      `Deployment number ${deploymentNumber} is baking until ${new Date(completeAt).toISOString()}. Start the next one after that.`,
    );
  }

  /**
   * @throws BadRequestError for the content, the description or a gradual strategy
   * @throws ConflictError while the deployment before bakes, or where the latest number is another
   */
  start({ version, strategy, description, latestNumber }: NewDeployment): Deployment {
    checkDescription(description);
    if (isGradual(strategy)) {
      throw new BadRequestError(
        `The strategy ${strategy.name} is gradual, which the local AppConfig does not emulate: deploy all at once, or test this against AWS.`,
      );
    }
    this.options.validator.check(version.content);
    this.requireIdle();
    const latest = this.deployments.length;
    if (latestNumber !== undefined && latestNumber !== latest) {
      throw new ConflictError(
        `The latest deployment is number ${latest}, not ${latestNumber}. Read it, then try again.`,
      );
    }
    const deployedAt = this.options.now();
    const deployment = {
      deploymentNumber: latest + 1,
      version: version.number,
      content: version.content,
      strategy,
      ...(description !== undefined && { description }),
      deployedAt,
      completeAt: deployedAt + strategy.bakeMinutes * 60_000,
    };
    this.deployments.push(deployment);
    return deployment;
  }

  /**
   * Goes back to the configuration before the one in force. Without `allowRevert`, AppConfig stops only what is
   * still being handed out, which is over at once here.
   * @throws BadRequestError where that cannot be
   */
  stop(deployment: Deployment, allowRevert: boolean): Deployment {
    const state = this.stateOf(deployment);
    const refuse = (why: string) =>
      new BadRequestError(`Deployment number ${deployment.deploymentNumber} cannot be stopped: ${why}`);
    if (!allowRevert || state === 'ROLLED_BACK' || state === 'REVERTED') {
      throw refuse(`its state is ${state}, not DEPLOYING.`);
    }
    if (deployment !== this.current()) throw refuse('another one is in force.');
    if (
      this.deployments.every(({ stopped }, index) => index + 1 === deployment.deploymentNumber || stopped)
    ) {
      throw refuse('there is no configuration before it to go back to.');
    }
    const at = this.options.now();
    if (at > deployment.completeAt + REVERT_MS) throw refuse('it was complete more than 72 hours ago.');
    const as = state === 'BAKING' ? 'ROLLED_BACK' : 'REVERTED';
    const stopped: Deployment = { ...deployment, stopped: { as, at } };
    this.deployments[deployment.deploymentNumber - 1] = stopped;
    return stopped;
  }
}
