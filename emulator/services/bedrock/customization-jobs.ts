import { AwsError } from '../../platform/http/aws-error';
import { type Background, STOPPING_MS } from './background';
import { checkedJob, requestedJob } from './create-customization-job';
import { type CustomModels, trainingView } from './custom-models';
import {
  afterEvent,
  beginPhase,
  type Job,
  type JobEvent,
  type Phase,
  type PhaseProgress,
} from './customization-job';
import { DatasetError } from './dataset';
import { type Call, conflict, iso, parseListQuery, type Route } from './http';
import type { BedrockControlOptions } from './options';
import { ClientTokens, finder, foundationModelArn, Registry } from './resources';
import type { Tags } from './tags';
import { train } from './training';

const INTERNAL_ERROR = 'An internal error occurred while the model was customized. Create the job again.';

/** The customization jobs of this account and region, and their work. */
export class Jobs {
  readonly register = new Registry<Job>();
  private readonly tokens = new ClientTokens();
  private readonly stops = new Map<string, AbortController>();

  constructor(
    private readonly options: BedrockControlOptions,
    private readonly models: CustomModels,
    private readonly tags: Tags,
    private readonly background: Background,
  ) {}

  /**
   * @returns the new job's ARN, or that of the job which the same request has made before
   * @throws AwsError as `requestedJob` and `checkedJob`, and ConflictException
   */
  create(call: Call): string {
    const requested = requestedJob(call, this.options);
    return this.tokens.once(requested.request, () => {
      const registers = { jobs: this.register, models: this.models };
      const job = this.register.put(checkedJob(requested, call, registers, this.options));
      this.tags.set(job.arn, job.request.jobTags);
      const stop = new AbortController();
      this.stops.set(job.arn, stop);
      this.background.run((signal) => this.work(job, signal), stop.signal);
      return job.arn;
    });
  }

  /** @throws AwsError ConflictException unless the job is in progress; AWS does not publish its wording */
  stop({ arn }: Job): void {
    const stopping = this.apply(arn, 'stopRequested');
    if (!stopping) {
      const { name, status } = this.current(arn);
      throw conflict(`The job ${name} cannot be stopped: its status is ${status}.`);
    }
    this.stops.get(arn)?.abort();
    this.background.later(STOPPING_MS, () => {
      this.apply(arn, 'stopped');
      this.stops.delete(arn);
    });
  }

  private async work(job: Job, signal: AbortSignal): Promise<void> {
    const { arn } = job;
    const { clock, data, intercept } = this.options;
    const onPhase = (phase: Phase) => {
      this.register.put(beginPhase(this.current(arn), phase, clock.now()));
    };
    try {
      const metrics = await train(job, { clock, data, intercept, onPhase }, signal);
      signal.throwIfAborted();
      const done = { ...this.current(arn), metrics };
      this.apply(arn, 'completed', { metrics, customModelArn: this.models.create(done) });
    } catch (error) {
      if (signal.aborted) return;
      const known = error instanceof DatasetError || error instanceof AwsError;
      const failureMessage = known ? error.message : INTERNAL_ERROR;
      this.apply(arn, 'failed', { failureMessage });
    }
    this.stops.delete(arn);
  }

  /** @returns whether the event concerned the job */
  private apply(arn: string, event: JobEvent, result?: Parameters<typeof afterEvent>[3]): boolean {
    const job = afterEvent(this.current(arn), event, this.options.clock.now(), result);
    if (job !== undefined) this.register.put(job);
    return job !== undefined;
  }

  private current(arn: string): Job {
    const job = this.register.find(arn);
    if (job === undefined) throw new Error(`There is no job ${arn}.`);
    return job;
  }
}

export function jobRoutes(jobs: Jobs, region: string): readonly Route[] {
  const named = finder(jobs.register, 'The model customization job');
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
        const { items, nextToken } = jobs.register.page(parseListQuery(call.query));
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

/** Body of GetModelCustomizationJob. */
function jobView(job: Job, region: string): object {
  return {
    jobArn: job.arn,
    jobName: job.name,
    outputModelName: job.request.customModelName,
    outputModelArn: job.customModelArn,
    outputModelKmsKeyArn: job.kmsKeyArn,
    clientRequestToken: job.request.clientRequestToken ?? undefined,
    roleArn: job.request.roleArn,
    status: job.status,
    statusDetails: statusDetails(job),
    failureMessage: job.failureMessage,
    creationTime: iso(job.createdAt),
    lastModifiedTime: iso(job.changedAt),
    endTime: iso(job.endedAt),
    baseModelArn: foundationModelArn(region, job.baseModel.id),
    ...trainingView(job),
  };
}

/** An entry of ListModelCustomizationJobs. */
function jobSummary(job: Job, region: string): object {
  return {
    jobArn: job.arn,
    baseModelArn: foundationModelArn(region, job.baseModel.id),
    jobName: job.name,
    status: job.status,
    statusDetails: statusDetails(job),
    lastModifiedTime: iso(job.changedAt),
    creationTime: iso(job.createdAt),
    endTime: iso(job.endedAt),
    customModelArn: job.customModelArn,
    customModelName: job.request.customModelName,
    customizationType: job.request.customizationType,
  };
}

function statusDetails({ phases }: Job): object {
  const details = ({ status, startedAt, changedAt }: PhaseProgress) => ({
    status,
    creationTime: iso(startedAt),
    lastModifiedTime: iso(changedAt),
  });
  return {
    validationDetails: details(phases.validation),
    dataProcessingDetails: details(phases.dataProcessing),
    trainingDetails: details(phases.training),
  };
}
