import { tunableModel, type TunableModel } from '../../../../contract/tunable-models';
import { validationError } from '../../../platform/http/aws-error';
import { FOUNDATION_MODELS } from '../../bedrock-runtime/foundation-models';

/** The foundation model, without the context length that it is tuned for. */
export const foundationModelOf = ({ id }: TunableModel): string => id.replace(/:[^:]+$/, '');

/**
 * The model that `baseModelIdentifier` names, by its ID or its foundation-model ARN.
 * Tuning what has been tuned already is not acted out. AWS does not publish its wording of the second refusal.
 * @throws AwsError ValidationException when it is unknown, or not fine-tuned in this region
 */
export function requireTunable(identifier: string, region: string): TunableModel {
  const prefix = `arn:aws:bedrock:${region}::foundation-model/`;
  const id = identifier.startsWith(prefix) ? identifier.slice(prefix.length) : identifier;
  const model = tunableModel(id);
  if (model?.regions.includes(region)) return model;
  if (model === undefined && !FOUNDATION_MODELS.some((known) => known.id === id)) {
    throw validationError('The provided model identifier is invalid.');
  }
  throw validationError(`The base model ${id} does not support FINE_TUNING in ${region}.`);
}

/**
 * The hyperparameters of a job: those given, and the model's defaults of the others.
 * @throws AwsError ValidationException naming each that the model does not have, or whose value it does not take
 */
export function requireHyperparameters(
  { id, hyperparameters }: TunableModel,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const limit = Object.hasOwn(hyperparameters, name) ? hyperparameters[name] : undefined;
    if (limit === undefined) return [`${name} is no hyperparameter of ${id}`];
    const number = /^[+-]?[0-9.]+(e[+-]?[0-9]+)?$/i.test(value) ? Number(value) : NaN;
    const { minimum, maximum, whole } = limit;
    return number >= minimum && number <= maximum && (!whole || Number.isInteger(number))
      ? []
      : [`${name} must be ${whole ? 'an integer' : 'a number'} between ${minimum} and ${maximum}`];
  });
  if (problems.length > 0) throw validationError(`Invalid hyperparameters: ${problems.join('; ')}.`);
  const defaults = Object.entries(hyperparameters).map(([name, limit]) => [name, String(limit.default)]);
  return { ...(Object.fromEntries(defaults) as Record<string, string>), ...given };
}
