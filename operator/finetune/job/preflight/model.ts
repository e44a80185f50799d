import { GetFoundationModelCommand } from '@aws-sdk/client-bedrock';
import { TUNABLE_MODELS, withoutValidationSet, type TunableModel } from '../../../../contract/tunable-models';
import { describeError, isNamed, isNotFound } from '../../../command/errors';
import type { Target } from '../../target/target';
import { hyperparameterProblems } from '../customization-request';
import { bad, good, unknown, type Check } from '../../../command/check';

const NAME = 'model';

/** The region fine-tunes the model, by what is documented and by what Bedrock says of it. */
export async function checkModel(
  { bedrock, region }: Pick<Target, 'bedrock' | 'region'>,
  base: TunableModel,
): Promise<Check> {
  if (!base.regions.includes(region)) {
    const here = TUNABLE_MODELS.filter(({ regions }) => regions.includes(region)).map(({ id }) => id);
    return bad(
      NAME,
      `${base.id} is not fine-tuned in ${region}`,
      `Choose --base-model ${here.join(' or ')}, or put the mlops stack into ${base.regions.join(' or ')}.`,
    );
  }
  try {
    const { modelDetails } = await bedrock.send(new GetFoundationModelCommand({ modelIdentifier: base.id }));
    const tunable = modelDetails?.customizationsSupported?.includes('FINE_TUNING') ?? false;
    const status = modelDetails?.modelLifecycle?.status ?? 'ACTIVE';
    if (tunable && status === 'ACTIVE') return good(NAME, `${base.id} is fine-tuned in ${region}`);
    return bad(
      NAME,
      tunable ? `${base.id} is at the end of its life (${status})` : `Bedrock does not fine-tune ${base.id}`,
      `Choose another --base-model: ${TUNABLE_MODELS.map(({ id }) => id).join(', ')}`,
    );
  } catch (error) {
    if (isNotFound(error) || isNamed(error, 'ValidationException')) {
      return bad(NAME, `Bedrock in ${region} does not know ${base.id}`, 'Choose another --base-model.');
    }
    if (isNamed(error, 'AccessDeniedException')) return unknown(NAME, describeError(error));
    throw error;
  }
}

export function checkValidationSet(base: TunableModel): readonly Check[] {
  const refusal = withoutValidationSet(base);
  return refusal === undefined ? [] : [bad('validation data', refusal, 'Start it without --validation.')];
}

export function checkHyperparameters(base: TunableModel, given: Readonly<Record<string, string>>): Check {
  const name = 'hyperparameters';
  const problems = hyperparameterProblems(base, given);
  if (problems.length > 0) {
    return bad(name, problems.join('; '), 'Correct --epochs, --learning-rate or --hyperparameter.');
  }
  const effective = Object.entries(base.hyperparameters).map(([key, limit]) =>
    key in given ? `${key}=${given[key] ?? ''}` : `${key}=${limit.default} (Bedrock's default)`,
  );
  return good(name, effective.join(', '));
}
