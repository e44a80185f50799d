import { z } from 'zod';
import { validationError } from '../../platform/http/aws-error';
import { parse, text } from '../../platform/http/constraints';
import type { Clock } from '../../platform/clock';
import { type Background, DEPLOYING_MS } from './background';
import type { CustomModel } from './custom-models';
import { type Call, conflict, iso, notFound, parseListQuery, quotaExceeded, type Route } from './http';
import {
  arnOf,
  clientRequestToken,
  ClientTokens,
  finder,
  type Listed,
  newId,
  Registry,
  resourceName,
} from './resources';
import { requireTags, type Tags, tagsSchema } from './tags';
import { foundationModelOf } from './tunable-models';

/** "In-progress custom model deployments": Service Quotas. */
const MAX_IN_PROGRESS = 2;

const schema = z.object({
  modelDeploymentName: resourceName,
  modelArn: text(20, 1011),
  description: text(1, 2048).optional(),
  tags: tagsSchema.default([]),
  clientRequestToken,
});

/** A custom model that answers on demand; the API knows no status for one that is being deleted. */
interface Deployment extends Listed {
  readonly modelArn: string;
  readonly description?: string;
  readonly status: 'Creating' | 'Active';
  readonly changedAt: number;
}

export interface ServingOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly findModel: (identifier: string) => CustomModel | undefined;
  readonly tags: Tags;
  readonly background: Background;
  /** What can be invoked: each ARN with the ID of the foundation model behind it. */
  readonly served: Map<string, string>;
}

/** The on-demand deployments of this account and region. */
export class Deployments {
  readonly register = new Registry<Deployment>();
  private readonly tokens = new ClientTokens();

  constructor(private readonly options: ServingOptions) {}

  /**
   * @returns the new deployment's ARN, or that of the one which the same request has made before
   * @throws AwsError ValidationException, ResourceNotFoundException, ConflictException, ServiceQuotaExceededException
   */
  create(call: Call): string {
    const request = parse(schema, call.body);
    call.permit('bedrock:CreateCustomModelDeployment', request.modelArn);
    return this.tokens.once(request, () => this.deploy(request));
  }

  private deploy(request: z.infer<typeof schema>): string {
    const { region, clock, background, served, tags } = this.options;
    const { baseModel } = this.requireDeployable(request.modelArn).job;
    this.requireFree(request.modelDeploymentName);
    requireTags(request.tags, request.modelDeploymentName);
    const arn = arnOf(region, `custom-model-deployment/${newId()}`);
    const deployment = this.register.put({
      arn,
      name: request.modelDeploymentName,
      modelArn: request.modelArn,
      createdAt: clock.now(),
      changedAt: clock.now(),
      status: 'Creating',
      ...(request.description !== undefined && { description: request.description }),
    });
    tags.set(arn, request.tags);
    background.later(DEPLOYING_MS, () => {
      this.register.put({ ...deployment, status: 'Active', changedAt: clock.now() });
      served.set(arn, foundationModelOf(baseModel));
    });
    return arn;
  }

  /** @throws AwsError ConflictException while it is being created; AWS does not publish its wording */
  delete({ arn, name, status }: Deployment): void {
    if (status === 'Creating') throw conflict(`The custom model deployment ${name} is still being created.`);
    this.register.remove(arn);
    this.options.tags.delete(arn);
    this.options.served.delete(arn);
  }

  private requireDeployable(modelArn: string): CustomModel {
    const model = this.options.findModel(modelArn);
    if (model === undefined) throw notFound('The custom model', modelArn);
    const { id, onDemand } = model.job.baseModel;
    if (onDemand) return model;
    throw validationError(
      `Custom models of ${id} cannot be deployed for on-demand inference. Purchase Provisioned Throughput instead.`,
    );
  }

  private requireFree(name: string): void {
    if (this.register.all().some((deployment) => deployment.name === name)) {
      throw validationError('The provided model deployment name is currently in use.');
    }
    if (this.register.all().filter(({ status }) => status === 'Creating').length >= MAX_IN_PROGRESS) {
      throw quotaExceeded(`The account has ${MAX_IN_PROGRESS} custom model deployments in progress already.`);
    }
  }
}

const PATH = '/model-customization/custom-model-deployments';

export function deploymentRoutes(deployments: Deployments): readonly Route[] {
  const named = finder(deployments.register, 'The custom model deployment');
  return [
    {
      method: 'POST',
      path: PATH,
      run: (call) => ({ status: 202, body: { customModelDeploymentArn: deployments.create(call) } }),
    },
    {
      method: 'GET',
      path: PATH,
      run: (call) => {
        call.permit('bedrock:ListCustomModelDeployments', '*');
        const query = parseListQuery(call.query);
        const { items, nextToken } = deployments.register.page(
          query,
          ({ modelArn }) => (query.modelArnEquals ?? modelArn) === modelArn,
        );
        const modelDeploymentSummaries = items.map(({ name, ...deployment }) => ({
          ...view(deployment),
          customModelDeploymentName: name,
        }));
        return { status: 200, body: { modelDeploymentSummaries, nextToken } };
      },
    },
    {
      method: 'GET',
      path: `${PATH}/{identifier}`,
      run: (call) => {
        const { name, description, ...deployment } = named(call, 'bedrock:GetCustomModelDeployment');
        return { status: 200, body: { ...view(deployment), modelDeploymentName: name, description } };
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/{identifier}`,
      run: (call) => {
        deployments.delete(named(call, 'bedrock:DeleteCustomModelDeployment'));
        return { status: 200, body: {} };
      },
    },
  ];
}

const view = ({ arn, modelArn, status, createdAt, changedAt }: Omit<Deployment, 'name'>) => ({
  customModelDeploymentArn: arn,
  modelArn,
  status,
  createdAt: iso(createdAt),
  lastUpdatedAt: iso(changedAt),
});
