import { BadRequestError, ConflictError } from './errors';
import type { ContentValidator } from './validation';

/** Source: AppConfig API reference, `StartDeployment`. */
const MAX_DESCRIPTION_CHARACTERS = 1024;

export interface Deployment {
  readonly deploymentNumber: number;
  readonly version: number;
  readonly content: string;
  readonly description?: string;
  /** milliseconds since the epoch */
  readonly deployedAt: number;
  /** end of its bake time, in milliseconds since the epoch: until then no other may start */
  readonly completeAt: number;
}

export interface DeploymentsOptions {
  readonly validator: ContentValidator;
  readonly bakeMinutes: number;
  readonly now: () => number;
}

/** The deployments of one profile to one environment: all at once, then baking. */
export class Deployments {
  private latest: Deployment;

  /** @throws BadRequestError when the validator refuses the seed */
  constructor(
    private readonly options: DeploymentsOptions,
    seed: { readonly content: string; readonly version: number },
  ) {
    options.validator.check(seed.content);
    this.latest = this.deployed({ ...seed, deploymentNumber: 1 });
  }

  /** The configuration in force: served from the moment its deployment starts, also while it bakes. */
  current(): Deployment {
    return this.latest;
  }

  /**
   * CreateHostedConfigurationVersion and StartDeployment in one; what is refused leaves no version behind.
   * @throws BadRequestError, PayloadTooLargeError for the content
   * @throws ConflictError while the deployment before this one bakes
   */
  start(content: string, description?: string): Deployment {
    if (description !== undefined && description.length > MAX_DESCRIPTION_CHARACTERS) {
      throw new BadRequestError(`The description is longer than ${MAX_DESCRIPTION_CHARACTERS} characters.`);
    }
    this.options.validator.check(content);
    const { deploymentNumber, version, completeAt } = this.latest;
    if (this.options.now() < completeAt) {
      throw new ConflictError(
        `Deployment number ${deploymentNumber} is baking until ${new Date(completeAt).toISOString()}. Start the next one after that.`,
      );
    }
    this.latest = this.deployed({
      content,
      version: version + 1,
      deploymentNumber: deploymentNumber + 1,
      ...(description !== undefined && { description }),
    });
    return this.latest;
  }

  private deployed(what: Omit<Deployment, 'deployedAt' | 'completeAt'>): Deployment {
    const deployedAt = this.options.now();
    return { ...what, deployedAt, completeAt: deployedAt + this.options.bakeMinutes * 60_000 };
  }
}
