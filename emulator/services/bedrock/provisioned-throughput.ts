import { z } from 'zod';
import { validationError } from '../../platform/http/aws-error';
import { parse, text } from '../../platform/http/constraints';
import { PROVISIONING_MS } from './background';
import type { ServingOptions } from './custom-model-deployments';
import { type Call, conflict, iso, notFound, parseListQuery, quotaExceeded, type Route } from './http';
import {
  arnOf,
  clientRequestToken,
  ClientTokens,
  finder,
  foundationModelArn,
  type Listed,
  newId,
  Registry,
  resourceName,
} from './resources';
import { requireTags, tagsSchema } from './tags';
import { foundationModelOf, type TunableModel, tunableModels } from './tunable-models';

/**
 * Model units that an account has before it asks AWS for more: Bedrock user guide, "Purchase a Provisioned Throughput".
 * Nobody can ask here, so that nothing is ever bought for a term.
 */
const MODEL_UNITS = { with: 0, without: 2 } as const;

const schema = z.object({
  provisionedModelName: resourceName,
  modelId: text(1, 2048),
  modelUnits: z.int('Member must be an integer').min(1, 'Member must be greater than or equal to 1'),
  commitmentDuration: z.enum(['OneMonth', 'SixMonths']).optional(),
  tags: tagsSchema.default([]),
  clientRequestToken,
});

/** A model that answers from capacity which is paid by the hour. */
interface Throughput extends Listed {
  readonly modelArn: string;
  readonly baseModel: TunableModel;
  readonly modelUnits: number;
  readonly status: 'Creating' | 'InService';
  readonly changedAt: number;
}

/** The Provisioned Throughputs of this account and region. */
export class Throughputs {
  readonly register = new Registry<Throughput>();
  private readonly tokens = new ClientTokens();

  constructor(private readonly options: ServingOptions) {}

  /**
   * @returns the new provisioned model's ARN, or that of the one which the same request has made before
   * @throws AwsError ValidationException, ResourceNotFoundException, ConflictException, ServiceQuotaExceededException
   */
  create(call: Call): string {
    const request = parse(schema, call.body);
    const arn = arnOf(this.options.region, `provisioned-model/${newId()}`);
    call.permit('bedrock:CreateProvisionedModelThroughput', arn);
    return this.tokens.once(request, () => this.buy(request, arn));
  }

  private buy(request: z.infer<typeof schema>, arn: string): string {
    const { clock, background, served, tags } = this.options;
    const { provisionedModelName: name, modelUnits, commitmentDuration } = request;
    const model = this.requireModel(request.modelId);
    this.requireUnits(modelUnits, commitmentDuration === undefined ? 'without' : 'with');
    if (this.register.all().some((other) => other.name === name)) {
      throw validationError('The provided provisioned model name is currently in use.');
    }
    requireTags(request.tags, name);
    const now = clock.now();
    const throughput = this.register.put({
      arn,
      name,
      ...model,
      modelUnits,
      status: 'Creating',
      createdAt: now,
      changedAt: now,
    });
    tags.set(arn, request.tags);
    background.later(PROVISIONING_MS, () => {
      this.register.put({ ...throughput, status: 'InService', changedAt: clock.now() });
      served.set(arn, foundationModelOf(model.baseModel));
    });
    return arn;
  }

  /** @throws AwsError ConflictException while it is being created */
  delete({ arn, name, status }: Throughput): void {
    if (status === 'Creating') throw conflict(`The Provisioned Throughput ${name} is still being created.`);
    this.register.remove(arn);
    this.options.tags.delete(arn);
    this.options.served.delete(arn);
  }

  /** A custom model, or a base model by the ID that it is tuned by. */
  private requireModel(identifier: string): Pick<Throughput, 'modelArn' | 'baseModel'> {
    const { findModel, region } = this.options;
    const custom = findModel(identifier);
    if (custom) return { modelArn: custom.arn, baseModel: custom.job.baseModel };
    const base = tunableModels(region).find(({ id }) => id === identifier);
    if (base !== undefined) {
      return { modelArn: foundationModelArn(region, base.id), baseModel: base };
    }
    throw notFound('The model', identifier);
  }

  private requireUnits(wanted: number, kind: keyof typeof MODEL_UNITS): void {
    const allowed = MODEL_UNITS[kind];
    const all = kind === 'without' ? this.register.all() : [];
    const used = all.reduce((sum, { modelUnits }) => sum + modelUnits, 0);
    if (used + wanted <= allowed) return;
    throw quotaExceeded(
      `The account has ${allowed} model units ${kind} commitment, of which ${used} are in use. Request more at the AWS support center.`,
    );
  }
}

const ONE = '/provisioned-model-throughput';

export function throughputRoutes(throughputs: Throughputs, region: string): readonly Route[] {
  const named = finder(throughputs.register, 'The Provisioned Throughput');
  return [
    {
      method: 'POST',
      path: ONE,
      run: (call) => ({ status: 201, body: { provisionedModelArn: throughputs.create(call) } }),
    },
    {
      method: 'GET',
      path: '/provisioned-model-throughputs',
      run: (call) => {
        call.permit('bedrock:ListProvisionedModelThroughputs', '*');
        const query = parseListQuery(call.query);
        const { items, nextToken } = throughputs.register.page(
          query,
          ({ modelArn }) => (query.modelArnEquals ?? modelArn) === modelArn,
        );
        const provisionedModelSummaries = items.map((throughput) => view(throughput, region));
        return { status: 200, body: { provisionedModelSummaries, nextToken } };
      },
    },
    {
      method: 'GET',
      path: `${ONE}/{identifier}`,
      run: (call) => {
        const throughput = named(call, 'bedrock:GetProvisionedModelThroughput');
        return { status: 200, body: view(throughput, region) };
      },
    },
    {
      method: 'DELETE',
      path: `${ONE}/{identifier}`,
      run: (call) => {
        throughputs.delete(named(call, 'bedrock:DeleteProvisionedModelThroughput'));
        return { status: 200, body: {} };
      },
    },
  ];
}

function view(throughput: Throughput, region: string): object {
  const { arn, name, modelArn, baseModel, modelUnits, status } = throughput;
  return {
    provisionedModelArn: arn,
    provisionedModelName: name,
    modelArn,
    desiredModelArn: modelArn,
    foundationModelArn: foundationModelArn(region, baseModel.id),
    modelUnits,
    desiredModelUnits: modelUnits,
    status,
    creationTime: iso(throughput.createdAt),
    lastModifiedTime: iso(throughput.changedAt),
  };
}
