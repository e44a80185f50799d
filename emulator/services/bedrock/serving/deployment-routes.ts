import { z } from 'zod';
import { parse } from '../../../platform/http/constraints';
import { notFound } from '../http/errors';
import { parseListQuery } from '../http/list-query';
import type { Call, Route } from '../http/router';
import { iso } from '../jobs/job-view';
import type { Deployment, Deployments } from './deployments';

const PATH = '/model-customization/custom-model-deployments';
const filters = z.object({
  statusEquals: z.enum(['Creating', 'Active', 'Failed']).optional(),
  modelArnEquals: z.string().optional(),
});

export function deploymentRoutes(deployments: Deployments): readonly Route[] {
  const named = (call: Call, action: string): Deployment => {
    const { identifier } = call;
    const deployment = deployments.register.find(identifier);
    call.permit(action, deployment?.arn ?? identifier);
    if (deployment === undefined) throw notFound('The custom model deployment', identifier);
    return deployment;
  };
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
        const { statusEquals, modelArnEquals } = parse(filters, Object.fromEntries(call.query));
        const { items, nextToken } = deployments.register.page(
          parseListQuery(call.query, ['createdAfter', 'createdBefore']),
          ({ status, modelArn }) =>
            (statusEquals === undefined || status === statusEquals) &&
            (modelArnEquals === undefined || modelArn === modelArnEquals),
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
