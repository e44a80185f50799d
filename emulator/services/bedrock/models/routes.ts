import { z } from 'zod';
import { parse } from '../../../platform/http/constraints';
import { notFound } from '../http/errors';
import { parseListQuery } from '../http/list-query';
import type { Call, Route } from '../http/router';
import { foundationModelOf } from '../tunable-models';
import { iso, trainingView } from '../jobs/job-view';
import { foundationModelArn, type Place } from '../resources/arn';
import type { CustomModel, CustomModels } from './custom-models';

const filters = z.object({
  baseModelArnEquals: z.string().optional(),
  foundationModelArnEquals: z.string().optional(),
  isOwned: z.enum(['true', 'false']).optional(),
  modelStatus: z.enum(['Active', 'Creating', 'Failed']).optional(),
});

export function customModelRoutes(models: CustomModels, { region, account }: Place): readonly Route[] {
  const named = (call: Call, action: string): CustomModel => {
    const { identifier } = call;
    const model = models.register.find(identifier);
    call.permit(action, model?.arn ?? identifier);
    if (model === undefined) throw notFound('The custom model', identifier);
    return model;
  };
  const baseModelArn = ({ job }: CustomModel) => foundationModelArn(region, job.baseModel.id);

  const keep =
    (query: z.output<typeof filters>) =>
    (model: CustomModel): boolean =>
      [query.baseModelArnEquals, query.foundationModelArnEquals].every(
        (arn) => arn === undefined || arn === baseModelArn(model),
      ) &&
      query.isOwned !== 'false' &&
      (query.modelStatus ?? 'Active') === 'Active';

  return [
    {
      method: 'GET',
      path: '/custom-models',
      run: (call) => {
        call.permit('bedrock:ListCustomModels', '*');
        const { items, nextToken } = models.register.page(
          parseListQuery(call.query),
          keep(parse(filters, Object.fromEntries(call.query))),
        );
        const modelSummaries = items.map((model) => ({
          modelArn: model.arn,
          modelName: model.name,
          creationTime: iso(model.createdAt),
          baseModelArn: baseModelArn(model),
          baseModelName: foundationModelOf(model.job.baseModel).split(':')[0],
          customizationType: model.job.request.customizationType,
          ownerAccountId: account,
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
    {
      method: 'DELETE',
      path: '/custom-models/{identifier}',
      run: (call) => {
        models.delete(named(call, 'bedrock:DeleteCustomModel'));
        return { status: 200, body: {} };
      },
    },
  ];
}
