import { AwsError } from '../../../platform/http/aws-error';
import { conflict } from '../http/errors';
import type { Call } from '../http/router';
import type { CustomModels } from '../models/custom-models';
import type { BedrockControlOptions } from '../options';
import type { Background } from '../resources/background';
import { ClientTokens } from '../resources/client-tokens';
import { Registry } from '../resources/registry';
import type { Tags } from '../resources/tags';
import { DatasetError } from '../training/dataset';
import { STOPPING_MS } from '../schedule';
import { train } from '../training/training-run';
import { prepareJob } from './create-job';
import { afterEvent, beginPhase, type Job } from './job';
import type { JobEvent, Phase } from './status';

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
   * @throws AwsError as `prepareJob`
   */
  create(call: Call): string {
    const prepared = prepareJob(
      call,
      { jobs: this.register, tokens: this.tokens, models: this.models },
      this.options,
    );
    if (typeof prepared === 'string') return prepared;
    const { arn, request } = this.register.put(prepared);
    this.tokens.remember(request.clientRequestToken ?? undefined, request, arn);
    this.tags.add(arn, request.jobTags);
    const stop = new AbortController();
    this.stops.set(arn, stop);
    this.background.run((signal) => this.work(prepared, signal), stop.signal);
    return arn;
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
