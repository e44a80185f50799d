import { z } from 'zod';
import { parse } from '../../../platform/http/constraints';
import { notFound } from '../http/errors';
import { parseListQuery } from '../http/list-query';
import type { Call, Route } from '../http/router';
import { jobSummary, jobView } from './job-view';
import type { Job } from './job';
import type { Jobs } from './jobs';
import { TRANSITIONS, type JobStatus } from './status';

const statuses = Object.keys(TRANSITIONS) as [JobStatus, ...JobStatus[]];
const filters = z.object({ statusEquals: z.enum(statuses).optional() });

export function jobRoutes(jobs: Jobs, region: string): readonly Route[] {
  const named = (call: Call, action: string): Job => {
    const { identifier } = call;
    const job = jobs.register.find(identifier);
    call.permit(action, job?.arn ?? identifier);
    if (job === undefined) throw notFound('The model customization job', identifier);
    return job;
  };
  return [
    {
      method: 'POST',
      path: '/model-customization-jobs',
      run: (call) => ({ status: 201, body: { jobArn: jobs.create(call) } }),
    },
    {
      method: 'GET',
      path: '/model-customization-jobs',
      run: (call) => {
        call.permit('bedrock:ListModelCustomizationJobs', '*');
        const { statusEquals } = parse(filters, Object.fromEntries(call.query));
        const { items, nextToken } = jobs.register.page(
          parseListQuery(call.query),
          ({ status }) => statusEquals === undefined || status === statusEquals,
        );
        const modelCustomizationJobSummaries = items.map((job) => jobSummary(job, region));
        return { status: 200, body: { modelCustomizationJobSummaries, nextToken } };
      },
    },
    {
      method: 'GET',
      path: '/model-customization-jobs/{identifier}',
      run: (call) => {
        const job = named(call, 'bedrock:GetModelCustomizationJob');
        return { status: 200, body: jobView(job, region) };
      },
    },
    {
      method: 'POST',
      path: '/model-customization-jobs/{identifier}/stop',
      run: (call) => {
        jobs.stop(named(call, 'bedrock:StopModelCustomizationJob'));
        return { status: 200, body: {} };
      },
    },
  ];
}
