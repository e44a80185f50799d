import type { AwsServer } from '../aws-http/server';
import type { FaultEffect } from '../faults/effects';
import type { Resource } from '../terraform/resource';
import { createDataPlane, type AuthorizeDataPlane } from './data-plane';
import { Deployments, type Deployment } from './deployments';
import { BadRequestError, PayloadTooLargeError } from './errors';
import { readResources, type AppConfigResources } from './resources';
import { ContentValidator } from './validation';

export interface AppConfigOptions {
  /** default: everyone may read */
  readonly authorize?: AuthorizeDataPlane;
  /** milliseconds since the epoch */
  readonly now?: () => number;
  /** what is wrong with the data plane now; default: nothing */
  readonly fault?: () => FaultEffect | undefined;
}

/** AppConfig in one region, with the profile, environment and strategy that the stack declares. */
export class AppConfig {
  private readonly deployments: Deployments;
  private readonly dataPlane: AwsServer;

  /**
   * Deploys the stack's hosted configuration; its bake time starts now.
   * @param resources those of one stack
   * @throws UnsupportedError for what is not acted out
   * @throws Error with the address of a validator or a first configuration that AppConfig would refuse
   */
  constructor(
    resources: readonly Resource[],
    { authorize = () => undefined, now = Date.now, fault = () => undefined }: AppConfigOptions = {},
  ) {
    const declared = readResources(resources);
    this.deployments = deploySeed(declared, now);
    this.dataPlane = createDataPlane({
      resources: declared,
      deployments: this.deployments,
      authorize,
      now,
      fault,
    });
  }

  /** @returns the URL of the data plane */
  listen(port = 0): Promise<string> {
    return this.dataPlane.listen(port);
  }

  close(): Promise<void> {
    return this.dataPlane.close();
  }

  /**
   * Deploys a configuration as an operator does: a new hosted version, all at once.
   * @throws BadRequestError, PayloadTooLargeError, ConflictError
   */
  deploy(content: string, description?: string): Deployment {
    return this.deployments.start(content, description);
  }

  /** The configuration in force. */
  current(): Deployment {
    return this.deployments.current();
  }
}

function deploySeed(declared: AppConfigResources, now: () => number): Deployments {
  const { profile, schemas, seed, strategy } = declared;
  const validator = at(profile.address, () => new ContentValidator(schemas));
  return at(seed.address, () => new Deployments({ validator, bakeMinutes: strategy.bakeMinutes, now }, seed));
}

/** Names the resource at fault in whatever goes wrong. */
function at<T>(address: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const kind =
      error instanceof BadRequestError || error instanceof PayloadTooLargeError ? `${error.type}: ` : '';
    throw new Error(`${address}: ${kind}${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
