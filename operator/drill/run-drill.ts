import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, describeError } from '../command/errors';
import { Conversations } from './conversations';
import { outcome, isBestOf, type DrillLog, type RequestRecord } from './drill-log';
import type { Narrator } from './narrator';
import type { Plan } from './plan';
import { SCENARIOS, type ScenarioName } from './scenario';
import type { DrillTarget } from './target';
import { Traffic } from './traffic';

interface DrillOptions {
  readonly scenario: ScenarioName;
  readonly target: DrillTarget;
  readonly plan: Plan;
  /** Requests in a real second. */
  readonly rate: number;
  readonly narrator: Narrator;
  /** Ends the drill early; what it did to the system is undone all the same. */
  readonly signal: AbortSignal;
}

/** Requests in a row that show who answers now. */
const ENOUGH_REQUESTS = 3;

/** How often it is looked whether something has changed, in real milliseconds. */
const POLL_MS = 250;

/**
 * Takes the primary away under traffic, waits until the secondary answers, and brings it back.
 * @throws Error where the system is not ready, with what to do
 * @throws the signal's AbortError
 */
export async function runDrill(options: DrillOptions): Promise<DrillLog> {
  const { scenario, target, rate, narrator } = options;
  const conversations = SCENARIOS[scenario].converses && new Conversations();
  await target.checkReady();
  const { time, url } = target;
  const traffic = new Traffic({
    url,
    rate,
    time,
    ...(conversations && { next: () => conversations.next() }),
    onRequest: (request) => {
      narrator.request(request);
    },
  });
  const startedAt = time.now();
  traffic.start();
  try {
    return { startedAt, ...(await new Drill(options, traffic).run()) };
  } finally {
    await traffic.stop();
  }
}

class Drill {
  constructor(
    private readonly options: DrillOptions,
    private readonly traffic: Traffic,
  ) {}

  async run(): Promise<Omit<DrillLog, 'startedAt'>> {
    const { scenario, target, plan, narrator } = this.options;
    const { regions, time } = target;
    await this.checkBaseline();
    const takenAwayAt = time.now();
    const { description, ends, moves } = SCENARIOS[scenario];
    narrator.begin(takenAwayAt, description);
    try {
      await target.takeAway();
      if (moves) await this.until(regions.secondary, takenAwayAt, plan.moveSeconds * plan.patience);
      await this.wait(plan.holdSeconds);
    } finally {
      await this.bringBack();
    }
    const broughtBackAt = time.now();
    narrator.note(ends);
    await this.until(regions.primary, broughtBackAt, plan.returnSeconds * plan.patience);
    await this.wait(plan.holdSeconds);
    await this.traffic.stop();
    const changes = (await target.changes()).filter(({ at }) => at >= takenAwayAt);
    const requests = this.traffic.requests();
    return { scenario, takenAwayAt, broughtBackAt, requests, changes, regions, speed: time.speed };
  }

  private async checkBaseline(): Promise<void> {
    const { plan, target, signal } = this.options;
    await this.wait(plan.baselineSeconds);
    while (this.traffic.requests().length < ENOUGH_REQUESTS) await sleep(POLL_MS, undefined, { signal });
    const other = this.traffic.requests().find(({ first }) => !isBestOf(target.regions.primary, first));
    if (other === undefined) return;
    throw new CommandError(
      `Before anything was taken away, a request ended otherwise than by the primary region's primary tier: ${outcome(other.first)}. ` +
        'A drill begins on a quiet day: mend that first.',
    );
  }

  private async bringBack(): Promise<void> {
    const { target, scenario } = this.options;
    try {
      await target.bringBack();
    } catch (error) {
      const { undo } = SCENARIOS[scenario];
      throw new CommandError(
        `The primary could not be brought back. Do it now: ${undo}. ${describeError(error)}`,
        undefined,
        { cause: error },
      );
    }
  }

  /** Waits until a region's primary tier answers, or for so many emulated seconds. */
  private async until(region: string, from: number, limitSeconds: number): Promise<void> {
    const { time } = this.options.target;
    const isThere = (latest: readonly RequestRecord[]) =>
      latest.length === ENOUGH_REQUESTS &&
      latest.every(({ startedAt, first }) => startedAt >= from && isBestOf(region, first));
    while (!isThere(this.traffic.requests().slice(-ENOUGH_REQUESTS))) {
      if (time.now() > from + limitSeconds * 1_000) return;
      await this.poll();
    }
  }

  private async wait(emulatedSeconds: number): Promise<void> {
    const { time } = this.options.target;
    const end = time.now() + emulatedSeconds * 1_000;
    while (time.now() < end) await this.poll();
  }

  private async poll(): Promise<void> {
    const { target, narrator, signal } = this.options;
    await sleep(POLL_MS, undefined, { signal });
    narrator.changes(await target.changes());
  }
}
