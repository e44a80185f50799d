import type { HyperparameterLimit, TunableModel } from '../../../contract/tunable-models';

/** Checks what the operator gave against what Bedrock takes for the model. */
export function hyperparameterProblems(
  model: TunableModel,
  given: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const limit = Object.hasOwn(model.hyperparameters, name) ? model.hyperparameters[name] : undefined;
    if (limit === undefined) {
      return [`${name}: ${model.id} takes ${Object.keys(model.hyperparameters).join(', ')}`];
    }
    return isWithin(value, limit) ? [] : [`${name} is "${value}"; allowed: ${allowed(limit)}`];
  });
}

function isWithin(value: string, { minimum, maximum, whole }: HyperparameterLimit): boolean {
  const number = value.trim() === '' ? NaN : Number(value);
  return number >= minimum && number <= maximum && (!whole || Number.isInteger(number));
}

const allowed = ({ minimum, maximum, whole }: HyperparameterLimit): string =>
  `a ${whole ? 'whole number' : 'number'} from ${minimum} to ${maximum}`;

/** The epochs that a job trains for: as given, else Bedrock's default. */
export const epochsOf = (model: TunableModel, given: Readonly<Record<string, string>>): number =>
  Number(given.epochCount ?? model.hyperparameters.epochCount?.default ?? 1);
