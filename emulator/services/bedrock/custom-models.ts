import type { Clock } from '../../platform/clock';
import { ACCOUNT } from '../../stack/placement';
import type { Job } from './customization-job';
import { iso, parseListQuery, type Route } from './http';
import { arnOf, finder, foundationModelArn, type Listed, newId, Registry } from './resources';
import type { Tags } from './tags';
import { foundationModelOf } from './tunable-models';

/** What a completed job has made. */
export interface CustomModel extends Listed {
  readonly job: Job;
}

/** The custom models of this account and region. */
export class CustomModels {
  readonly register = new Registry<CustomModel>();

  constructor(
    private readonly region: string,
    private readonly clock: Clock,
    private readonly tags: Tags,
  ) {}

  named(name: string): boolean {
    return this.register.all().some((model) => model.name === name);
  }

  /** @returns the new model's ARN */
  create(job: Job): string {
    const arn = arnOf(this.region, `custom-model/${job.baseModel.id}/${newId()}`);
    this.register.put({ arn, name: job.request.customModelName, createdAt: this.clock.now(), job });
    this.tags.set(arn, job.request.customModelTags);
    return arn;
  }
}

export function customModelRoutes(models: CustomModels, region: string): readonly Route[] {
  const named = finder(models.register, 'The custom model');
  const baseModelArn = ({ job }: CustomModel) => foundationModelArn(region, job.baseModel.id);

  return [
    {
      method: 'GET',
      path: '/custom-models',
      run: (call) => {
        call.permit('bedrock:ListCustomModels', '*');
        const { items, nextToken } = models.register.page(parseListQuery(call.query));
        const modelSummaries = items.map((model) => ({
          modelArn: model.arn,
          modelName: model.name,
          creationTime: iso(model.createdAt),
          baseModelArn: baseModelArn(model),
          baseModelName: foundationModelOf(model.job.baseModel).split(':')[0],
          customizationType: model.job.request.customizationType,
          ownerAccountId: ACCOUNT,
          modelStatus: 'Active',
        }));
        return { status: 200, body: { modelSummaries, nextToken } };
      },
    },
    {
      method: 'GET',
      path: '/custom-models/{identifier}',
      run: (call) => {
        const model = named(call, 'bedrock:GetCustomModel');
        const body = {
          modelArn: model.arn,
          modelName: model.name,
          jobName: model.job.name,
          jobArn: model.job.arn,
          baseModelArn: baseModelArn(model),
          modelKmsKeyArn: model.job.kmsKeyArn,
          creationTime: iso(model.createdAt),
          modelStatus: 'Active',
          ...trainingView(model.job),
        };
        return { status: 200, body };
      },
    },
  ];
}

/** What GetCustomModel and GetModelCustomizationJob both say of a job. */
export function trainingView({ request, hyperParameters, metrics }: Job): object {
  const { customizationType, trainingDataConfig, validationDataConfig, outputDataConfig } = request;
  return {
    customizationType,
    trainingDataConfig,
    validationDataConfig,
    outputDataConfig,
    hyperParameters,
    ...(metrics && {
      trainingMetrics: { trainingLoss: metrics.trainingLoss },
      validationMetrics: metrics.validationLosses.map((validationLoss) => ({ validationLoss })),
    }),
  };
}
