import { z } from 'zod';
import { parse } from '../../../platform/http/constraints';
import { notFound } from '../http/errors';
import { parseListQuery } from '../http/list-query';
import type { Call, Route } from '../http/router';
import { iso } from '../jobs/job-view';
import { foundationModelArn } from '../resources/arn';
import type { Throughput, Throughputs } from './throughput';

const ONE = '/provisioned-model-throughput';
const filters = z.object({
  statusEquals: z.enum(['Creating', 'InService', 'Updating', 'Failed']).optional(),
  modelArnEquals: z.string().optional(),
});

export function throughputRoutes(throughputs: Throughputs, region: string): readonly Route[] {
  const named = (call: Call, action: string): Throughput => {
    const { identifier } = call;
    const throughput = throughputs.register.find(identifier);
    call.permit(action, throughput?.arn ?? identifier);
    if (throughput === undefined) throw notFound('The Provisioned Throughput', identifier);
    return throughput;
  };
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
        const { statusEquals, modelArnEquals } = parse(filters, Object.fromEntries(call.query));
        const { items, nextToken } = throughputs.register.page(
          parseListQuery(call.query),
          ({ status, modelArn }) =>
            (statusEquals === undefined || status === statusEquals) &&
            (modelArnEquals === undefined || modelArn === modelArnEquals),
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
  const { arn, name, modelArn, baseModel, modelUnits, status, commitment } = throughput;
  return {
    provisionedModelArn: arn,
    provisionedModelName: name,
    modelArn,
    desiredModelArn: modelArn,
    foundationModelArn: foundationModelArn(region, baseModel.id),
    modelUnits,
    desiredModelUnits: modelUnits,
    status,
    commitmentDuration: commitment?.duration,
    commitmentExpirationTime: iso(commitment?.expiresAt),
    creationTime: iso(throughput.createdAt),
    lastModifiedTime: iso(throughput.changedAt),
  };
}
