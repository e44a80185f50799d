import type { Plan } from '../result/plan';
import {
  SCHEMA_VERSION,
  type BenchmarkResult,
  type Call,
  type PricesUsed,
  type SkippedCall,
} from '../result/result';
import type { ModelCaller } from './caller/model-caller';
import { systemClock, type RunClock, interruptionBy } from './clock';
import { watchEventLoop, readMachine } from './machine';
import { openJournal, type JournalFile, type OpenJournal } from './journal';
import type { BenchmarkQuestion } from './plan';
import { identify } from './make-call';
import { KnownModels, runCalls } from './run';
import { remaining, schedule, type PlannedCall } from './schedule';
import { estimate, requireAffordable } from './spend/estimate';
import { Spend } from './spend/spend';
import { warningsOf } from './warnings';

interface BenchmarkOptions {
  readonly plan: Plan;
  /** Those of the plan. */
  readonly questions: readonly BenchmarkQuestion[];
  readonly prices: PricesUsed;
  /** Where every call is kept as soon as it has ended; default: nowhere. */
  readonly journal?: JournalFile;
  readonly clock?: RunClock;
}

/** How far a run is; calls made before it was resumed count as done. */
export interface Progress {
  /** Calls that were made, warm-up calls included. */
  readonly done: number;
  /** These, and what is still to come, of which some may be left out. */
  readonly total: number;
  /** US dollars charged so far. */
  readonly spentUsd: number;
  /** Milliseconds that the rest takes at the pace so far. */
  readonly remainingMs: number;
}

export interface MeasureOptions {
  readonly call: ModelCaller;
  /** Aborted to stop before the end, with what has been measured. */
  readonly signal?: AbortSignal;
  /** Milliseconds that calls under way have to end after that; default: 5 seconds. */
  readonly graceMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Told once of each model that a region's Bedrock does not call for us, with its own words. */
  readonly onUnusable?: (unusable: Pick<PlannedCall, 'model' | 'region'>, words: string) => void;
}

const DEFAULT_GRACE_MS = 5_000;

/** One benchmark, from its plan to its result. */
export class Benchmark {
  /** Under the plan's cap, with what an earlier part of the run has spent; others' calls may share it. */
  readonly spend: Spend;
  private readonly clock: RunClock;
  private readonly opened: OpenJournal;

  /**
   * @throws Error where the cap cannot be kept or holds too little, or where the journal is not to be written or is
   * of another plan
   */
  constructor(private readonly options: BenchmarkOptions) {
    const { plan, questions, prices, journal, clock = systemClock } = options;
    requireAffordable(plan, estimate(plan, questions, prices));
    this.clock = clock;
    this.opened = openJournal(journal, { plan, prices }, new Date(clock.epoch()));
    const { before } = this.opened;
    this.spend = new Spend({
      capUsd: plan.maxCostUsd,
      ...(before && { before: before.spend }),
      onEntry: (entry) => this.opened.journal?.append(entry),
    });
  }

  /** Makes what the plan has left: first the warm-up calls, then the measured ones. */
  async measure(options: MeasureOptions): Promise<BenchmarkResult> {
    const {
      call,
      signal = new AbortController().signal,
      graceMs = DEFAULT_GRACE_MS,
      onProgress,
      onUnusable = () => undefined,
    } = options;
    const { plan, questions, prices } = this.options;
    const { clock, spend } = this;
    const planned = schedule(plan, questions);
    const calls = [...(this.opened.before?.calls ?? [])];
    const skipped: SkippedCall[] = [];
    const due = remaining(planned, calls);
    const doneBefore = planned.measured.length - due.measured.length;
    const began = clock.now();
    let [ended, leftOut, toCome] = [0, 0, due.warmups.length + due.measured.length];
    const advance = (isMade: boolean): void => {
      ended += 1;
      toCome -= 1;
      if (!isMade) leftOut += 1;
      // What is left out is no progress, but for its end.
      if (!isMade && toCome > 0) return;
      const done = doneBefore + ended - leftOut;
      const pace = (clock.now() - began) / ended;
      onProgress?.({ done, total: done + toCome, spentUsd: spend.spentUsd, remainingMs: pace * toCome });
    };
    const interruption = interruptionBy(signal, graceMs, clock);
    const models = new KnownModels(onUnusable);
    const run = {
      ...{ plan, prices, spend, clock, interruption, call },
      onCall: (made: Call): void => {
        this.opened.journal?.append({ kind: 'call', call: made });
        calls.push(made);
        advance(true);
      },
      models,
      onSkipped: (left: PlannedCall, reason: SkippedCall['reason']): void => {
        if (!left.warmup) skipped.push({ ...identify(left), reason });
        advance(false);
      },
    };
    const eventLoopDelay = watchEventLoop();
    await runCalls(due.warmups, run)
      .then(() => runCalls(due.measured, run))
      .finally(interruption.dispose);
    const eventLoopDelayP99Ms = eventLoopDelay();
    return this.resultOf({
      ...{ calls, skipped, unusable: models.unusable },
      eventLoopDelayP99Ms: due.measured.length === 0 ? null : eventLoopDelayP99Ms,
    });
  }

  close(): void {
    this.opened.journal?.close();
  }

  private resultOf({
    unusable,
    ...measured
  }: Pick<BenchmarkResult, 'calls' | 'skipped' | 'eventLoopDelayP99Ms'> &
    Pick<KnownModels, 'unusable'>): BenchmarkResult {
    const { plan, prices } = this.options;
    const { spentUsd, assumedUsd } = this.spend;
    const isInterrupted = measured.skipped.some(({ reason }) => reason === 'interrupted');
    const result = {
      schemaVersion: SCHEMA_VERSION,
      startedAt: this.opened.startedAt,
      finishedAt: isInterrupted ? null : new Date(this.clock.epoch()).toISOString(),
      plan,
      machine: readMachine(),
      prices,
      spend: { spentUsd, assumedUsd },
      ...measured,
    } as const;
    return { ...result, warnings: warningsOf(result, unusable) };
  }
}
