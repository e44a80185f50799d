import { BadRequestError, conflict } from './errors';
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

/**
 * Percent of the clients that are given a deployment. Source: AppConfig API reference, `CreateDeploymentStrategy`
 * (`GrowthType`), by which the first step comes at once; the user guide has it come after the first interval. That
 * exponential steps are evenly spread is assumed.
 */
function percentAfter({ durationMinutes, growthFactor, growthType }: Strategy, elapsedMs: number): number {
  const durationMs = durationMinutes * 60_000;
  if (elapsedMs >= durationMs) return 100;
  const part = elapsedMs / durationMs;
  if (growthType === 'LINEAR')
    return Math.min(100, growthFactor * (1 + Math.floor((part * 100) / growthFactor)));
  const steps = Math.max(1, Math.ceil(Math.log2(100 / growthFactor)));
  return Math.min(100, growthFactor * 2 ** Math.floor(part * steps));
}

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
  /** all clients are given it from then on, and alarms watched; in milliseconds since the epoch */
  readonly bakesFrom: number;
  /** end of its bake time, in milliseconds since the epoch: until then no other may start */
  readonly completeAt: number;
  /** It serves no longer: stopped while it was under way (rolled back) or after it was complete (reverted). */
  readonly stopped?: Stop & { readonly as: 'ROLLED_BACK' | 'REVERTED'; readonly at: number };
}

/** Who ended a deployment: an operator, or an alarm by its ARN. */
interface Stop {
  readonly by: 'USER' | 'CLOUDWATCH_ALARM';
  readonly description?: string;
}

export type DeploymentState = 'DEPLOYING' | 'BAKING' | 'COMPLETE' | 'ROLLED_BACK' | 'REVERTED';

/** Neither complete nor taken back: no other may start, and an alarm takes it back. */
const isUnderWay = (state: DeploymentState): boolean => state === 'DEPLOYING' || state === 'BAKING';

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

/** The deployments of one profile to one environment: handed out step by step, then baking. */
export class Deployments {
  private readonly deployments: Deployment[] = [];

  /** @throws BadRequestError when the validator refuses the seed */
  constructor(
    private readonly options: DeploymentsOptions,
    seed: NewDeployment,
  ) {
    this.start(seed);
  }

  /** The configuration in force, or being handed out. */
  current(): Deployment {
    return this.servedAt(0);
  }

  /** @param place of a client among all, from 0 (the first to be given a deployment) to less than 100 */
  servedAt(place: number): Deployment {
    const serving = this.deployments.findLast(
      (deployment) => deployment.stopped === undefined && place < this.percentOf(deployment),
    );
    if (serving === undefined) throw new Error('No deployment is in force.');
    return serving;
  }

  /** Percent of the clients that are given it. */
  percentOf({ strategy, deployedAt, stopped }: Deployment): number {
    return stopped === undefined ? percentAfter(strategy, this.options.now() - deployedAt) : 0;
  }

  /** The newest first. */
  list(): readonly Deployment[] {
    return [...this.deployments].reverse();
  }

  find(number: number): Deployment | undefined {
    return this.deployments.find(({ deploymentNumber }) => deploymentNumber === number);
  }

  stateOf({ stopped, bakesFrom, completeAt }: Deployment): DeploymentState {
    const now = this.options.now();
    return stopped?.as ?? (now < bakesFrom ? 'DEPLOYING' : now < completeAt ? 'BAKING' : 'COMPLETE');
  }

  /** The one that is neither complete nor taken back. */
  underWay(): Deployment | undefined {
    return this.deployments.find((deployment) => isUnderWay(this.stateOf(deployment)));
  }

  /** @throws AwsError ConflictException while the deployment before is under way */
  requireIdle(): void {
    const before = this.underWay();
    if (before === undefined) return;
    const state = this.stateOf(before).toLowerCase();
    throw conflict(
      `Deployment number ${before.deploymentNumber} is ${state} until ${new Date(before.completeAt).toISOString()}. Start the next one after that.`,
    );
  }

  /**
   * @throws BadRequestError for the content or the description
   * @throws AwsError ConflictException while the deployment before is under way, or where the latest number is another
   */
  start({ version, strategy, description, latestNumber }: NewDeployment): Deployment {
    checkDescription(description);
    this.options.validator.check(version.content);
    this.requireIdle();
    const latest = this.deployments.length;
    if (latestNumber !== undefined && latestNumber !== latest) {
      throw conflict(
        `The latest deployment is number ${latest}, not ${latestNumber}. Read it, then try again.`,
      );
    }
    const deployedAt = this.options.now();
    const bakesFrom = deployedAt + strategy.durationMinutes * 60_000;
    const deployment = {
      deploymentNumber: latest + 1,
      version: version.number,
      content: version.content,
      strategy,
      ...(description !== undefined && { description }),
      deployedAt,
      bakesFrom,
      completeAt: bakesFrom + strategy.bakeMinutes * 60_000,
    };
    this.deployments.push(deployment);
    return deployment;
  }

  /**
   * Goes back to the configuration before the one in force. Without `allowRevert`, AppConfig stops only what is
   * still being handed out.
   * @throws BadRequestError where that cannot be
   */
  stop(deployment: Deployment, allowRevert: boolean, stop: Stop = { by: 'USER' }): Deployment {
    const state = this.stateOf(deployment);
    const refuse = (why: string) =>
      new BadRequestError(`Deployment number ${deployment.deploymentNumber} cannot be stopped: ${why}`);
    if ((!allowRevert && state !== 'DEPLOYING') || state === 'ROLLED_BACK' || state === 'REVERTED') {
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
    const as = isUnderWay(state) ? 'ROLLED_BACK' : 'REVERTED';
    const stopped: Deployment = { ...deployment, stopped: { ...stop, as, at } };
    this.deployments[deployment.deploymentNumber - 1] = stopped;
    return stopped;
  }
}
