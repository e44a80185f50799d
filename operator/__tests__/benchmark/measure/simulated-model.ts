import type { ModelCaller } from '../../../benchmark/measure/caller/model-caller';
import type { RunClock } from '../../../benchmark/measure/clock';

/** Logarithms of latencies are normally distributed around `mu`. */
export interface LogNormal {
  readonly mu: number;
  readonly sigma: number;
}

/** A model whose every distribution is known. */
export interface ModelLaw {
  readonly throttleRate: number;
  readonly errorRate: number;
  /** Milliseconds. */
  readonly total: LogNormal;
  /** Share of the total latency, uniform, after which the first text is there. */
  readonly firstText: { readonly min: number; readonly max: number };
  /** Uniform, both ends included. */
  readonly outputTokens: { readonly min: number; readonly max: number };
}

export const INPUT_TOKENS = 50;
/** Milliseconds after which throttles and errors come. */
const FAILURE_MS = 5;

/** What one answered call of a model brings; times in milliseconds. */
export function drawAnswer({ total, firstText, outputTokens }: ModelLaw, random: () => number) {
  const totalMs = Math.exp(total.mu + total.sigma * normal(random));
  const share = firstText.min + (firstText.max - firstText.min) * random();
  const tokens = outputTokens.min + Math.floor(random() * (outputTokens.max - outputTokens.min + 1));
  return { totalMs, ttftMs: totalMs * share, outputTokens: tokens };
}

/** A caller of such models. */
export function simulatedCaller(
  laws: Readonly<Record<string, ModelLaw>>,
  clock: RunClock,
  random: () => number,
): ModelCaller {
  const pass = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  return async ({ model }) => {
    const law = laws[model];
    if (law === undefined) throw new Error(`There is no model ${model}.`);
    const fate = random();
    const sentAt = clock.now();
    if (fate < law.throttleRate + law.errorRate) {
      await pass(FAILURE_MS);
      const timing = { sentAt, endedAt: clock.now() };
      return fate < law.throttleRate
        ? { outcome: 'throttled', errorName: 'ThrottlingException', status: 429, refused: true, timing }
        : { outcome: 'error', errorName: 'InternalServerException', status: 500, refused: false, timing };
    }
    const { totalMs, ttftMs, outputTokens } = drawAnswer(law, random);
    await pass(totalMs);
    return {
      outcome: 'answered',
      text: 'An answer.',
      stopReason: 'end_turn',
      usage: { inputTokens: INPUT_TOKENS, outputTokens },
      timing: { sentAt, firstTextAt: sentAt + ttftMs, endedAt: clock.now() },
    };
  };
}

/** By Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
