import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Distribution, distributionSchema, quantile } from './distribution';

const rate = z.number().min(0).max(1).default(0);

/** How a model's stand-in behaves. Times are the machine's own, however fast emulated time runs. */
const modelBehaviourSchema = z
  .strictObject({
    /** model ID as the caller writes it, or `*` for every model */
    model: z.string().min(1),
    region: z.enum(['primary', 'secondary', 'both']).default('both'),
    /** milliseconds from the request's arrival to the first token of a stream */
    timeToFirstTokenMs: distributionSchema.default({ kind: 'fixed', value: 0 }),
    /** a call takes `timeToFirstTokenMs` and `outputTokens / tokensPerSecond`; the whole text at once when left out */
    tokensPerSecond: distributionSchema.optional(),
    /** how long answers are, of four characters a token; the stand-in's one sentence when left out */
    outputTokens: distributionSchema.optional(),
    /** share of the calls that are refused at once: 429 ThrottlingException */
    throttleRate: rate,
    /** share of the calls that fail after their time to first token: 500 InternalServerException */
    errorRate: rate,
  })
  .refine(({ throttleRate, errorRate }) => throttleRate + errorRate <= 1, {
    path: ['errorRate'],
    message: 'must not be above 1 together with throttleRate',
  });

type ModelBehaviour = z.infer<typeof modelBehaviourSchema>;

/** The behaviours of all models. */
const behaviourSettingsSchema = z.strictObject({
  /** the same seed draws the same sequence for each model and region, call by call */
  seed: z.int().default(1),
  /** the last one that names a call's model and region applies; calls that none names are answered at once */
  models: z.array(modelBehaviourSchema),
});

type BehaviourSettings = z.infer<typeof behaviourSettingsSchema>;

/** Behaviours that cannot be set; the message names each field at fault. */
export class InvalidBehaviourError extends Error {
  override readonly name = 'InvalidBehaviourError';
}

/** A call whose behaviour is asked for. */
interface BehaviourSubject {
  readonly region: 'primary' | 'secondary';
  /** model ID as the caller writes it */
  readonly model: string;
}

const INSTANT: BehaviourSettings = { seed: 1, models: [] };

/** How long the models of both regions take, how much they say and how often they fail; changes while they run. */
export class ModelBehaviours {
  private settings = INSTANT;
  private readonly drawn = new Map<string, number>();

  /**
   * Replaces all behaviours and begins every sequence anew.
   * @param settings as `behaviourSettingsSchema` describes them, in JSON's types
   * @throws InvalidBehaviourError; what was set before stays
   */
  set(settings: unknown): BehaviourSettings {
    const result = behaviourSettingsSchema.safeParse(settings);
    if (!result.success) {
      const reasons = result.error.issues.map(
        ({ path, message }) => `${path.join('.') || 'behaviours'}: ${message}`,
      );
      throw new InvalidBehaviourError(reasons.join('; '));
    }
    this.settings = result.data;
    this.drawn.clear();
    return this.settings;
  }

  get(): BehaviourSettings {
    return this.settings;
  }

  /** Every model answers at once again. */
  clear(): void {
    this.settings = INSTANT;
    this.drawn.clear();
  }

  /** Draws the next call of this model in this region; undefined where no behaviour names it. */
  next({ region, model }: BehaviourSubject): Draw | undefined {
    const { models, seed } = this.settings;
    const behaviour = models.findLast(
      (candidate) => [model, '*'].includes(candidate.model) && [region, 'both'].includes(candidate.region),
    );
    if (!behaviour) return undefined;
    const key = `${region} ${model}`;
    const index = this.drawn.get(key) ?? 0;
    this.drawn.set(key, index + 1);
    return draw(behaviour, seed, key, index);
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read by you',
};

/**
 * What a JSON file holds, as `--models-file` names it.
 * @throws Error in words that go on from the file's name
 */
export function readBehaviours(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const why = UNREADABLE[code] ?? code;
    throw new Error(
      `The file cannot be read: ${why}. --models-file takes a JSON file with the models' behaviours.`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The file is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Sets what a JSON file says.
 * @throws InvalidBehaviourError naming the file, and the fields at fault
 */
export function setFromFile(behaviours: ModelBehaviours, path: string): void {
  try {
    behaviours.set(readBehaviours(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidBehaviourError(`The models' behaviours in ${path} cannot be set: ${reason}`);
  }
}

/** What one call of a model will be like. */
export interface Draw {
  readonly outcome: 'answer' | 'throttle' | 'error';
  readonly timeToFirstTokenMs: number;
  /** all at once when left out */
  readonly tokensPerSecond?: number;
  /** the answer's own length when left out */
  readonly outputTokens?: number;
}

/** No model is slower: a rate of zero would never end. */
const MINIMUM_TOKENS_PER_SECOND = 1;
/** The longest output of the models offered. */
const MAXIMUM_OUTPUT_TOKENS = 128_000;

/**
 * The `index`-th call of a sequence. Each value is the distribution's quantile at a random number of its own; rates
 * are at least MINIMUM_TOKENS_PER_SECOND, tokens whole numbers from 1 to MAXIMUM_OUTPUT_TOKENS.
 * @param key names the sequence: one model in one region
 */
function draw(behaviour: ModelBehaviour, seed: number, key: string, index: number): Draw {
  const [outcome, first, rate, length] = uniforms(seed, key, index);
  const { timeToFirstTokenMs, tokensPerSecond, outputTokens } = behaviour;
  return {
    outcome: outcomeAt(outcome, behaviour),
    timeToFirstTokenMs: quantile(timeToFirstTokenMs, first),
    ...(tokensPerSecond && { tokensPerSecond: rateAt(tokensPerSecond, rate) }),
    ...(outputTokens && { outputTokens: tokensAt(outputTokens, length) }),
  };
}

function outcomeAt(p: number, { throttleRate, errorRate }: ModelBehaviour): Draw['outcome'] {
  if (p < throttleRate) return 'throttle';
  return p < throttleRate + errorRate ? 'error' : 'answer';
}

const rateAt = (distribution: Distribution, p: number): number =>
  Math.max(MINIMUM_TOKENS_PER_SECOND, quantile(distribution, p));

const tokensAt = (distribution: Distribution, p: number): number =>
  Math.min(MAXIMUM_OUTPUT_TOKENS, Math.max(1, Math.round(quantile(distribution, p))));

/** 48 bits: as many as Node reads from a buffer at once, and finer than any quantile measured. */
const BYTES = 6;

/**
 * Four independent random numbers, above 0 and below 1, for the `index`-th item of the sequence that `seed` and `key`
 * name. Each item stands for itself: what other sequences have drawn in between changes nothing.
 */
export function uniforms(seed: number, key: string, index: number): [number, number, number, number] {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, key, index]))
    .digest();
  const at = (place: number): number => (digest.readUIntBE(place * BYTES, BYTES) + 0.5) / 2 ** (8 * BYTES);
  return [at(0), at(1), at(2), at(3)];
}
