import { draw, type Draw } from './draw';
import { behaviourSettingsSchema, type BehaviourSettings } from './model-behaviour';

/** Behaviours that cannot be set; the message names each field at fault. */
export class InvalidBehaviourError extends Error {
  override readonly name = 'InvalidBehaviourError';
}

/** A call whose behaviour is asked for. */
export interface BehaviourSubject {
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
