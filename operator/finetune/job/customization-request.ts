import { createHash } from 'node:crypto';
import type { CreateModelCustomizationJobCommandInput } from '@aws-sdk/client-bedrock';
import { OUTPUT_PREFIX } from '../../../contract/training-data';
import type { TunableModel, HyperparameterLimit } from '../../../contract/tunable-models';
import type { Target } from '../target/target';
import type { TrainingObject } from './training-data';

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

/** What the operator wants trained. */
export interface JobWish {
  readonly base: TunableModel;
  /** Of the job and of the model that it makes; default: follows from everything else. */
  readonly name?: string | undefined;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Encrypts the tuned model; default: the mlops stack's key. */
  readonly kmsKeyArn?: string | undefined;
}

export interface JobData {
  readonly training: TrainingObject;
  readonly validation?: TrainingObject | undefined;
}

/** A request for a customization job that is the same each time the same is wished for. */
export type CustomizationRequest = CreateModelCustomizationJobCommandInput & {
  readonly jobName: string;
  readonly clientRequestToken: string;
};

type Stack = Pick<Target, 'bucket' | 'roleArn' | 'kmsKeyArn'> & {
  readonly config: Pick<Target['config'], 'project'>;
};

/** The intersection of what Bedrock takes as a job's and as a custom model's name. */
export const JOB_NAME = /^(?=.{1,63}$)[A-Za-z0-9](-?[A-Za-z0-9])*$/;

/** Tag of a job that names the version of the data which it was trained on. */
export const DATA_VERSION_TAG = 'training-data-version';

/** Hexadecimal digits that tell a default name from others. */
const NAME_DIGITS = 8;

/**
 * The token follows from the request and from the data's versions: whoever asks for the same once more, e.g. after an
 * interruption, is given the same job.
 */
export function customizationRequest(wish: JobWish, data: JobData, stack: Stack): CustomizationRequest {
  const { base, hyperparameters, tags } = wish;
  const { training, validation } = data;
  const unnamed = {
    baseModelIdentifier: base.id,
    customizationType: 'FINE_TUNING' as const,
    roleArn: stack.roleArn,
    customModelKmsKeyId: wish.kmsKeyArn ?? stack.kmsKeyArn,
    hyperParameters: sorted(hyperparameters),
    trainingDataConfig: { s3Uri: training.uri },
    ...(validation && { validationDataConfig: { validators: [{ s3Uri: validation.uri }] } }),
    outputDataConfig: { s3Uri: `s3://${stack.bucket}/${OUTPUT_PREFIX}` },
    jobTags: tagList({ ...tags, project: stack.config.project, [DATA_VERSION_TAG]: training.version }),
    customModelTags: tagList({ ...tags, project: stack.config.project }),
  };
  const versions = [training.version, validation?.version];
  const jobName = wish.name ?? defaultName(base, stack.config.project, digest(unnamed, versions));
  const named = { ...unnamed, jobName, customModelName: jobName };
  return { ...named, clientRequestToken: digest(named, versions) };
}

const digest = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** `amazon.nova-micro-v1:0:128k` -> `PROJECT-nova-micro-1a2b3c4d` */
function defaultName({ id }: TunableModel, project: string, identity: string): string {
  const model = id.replace(/^[^.]*\./, '').replace(/-v\d+:.*$/, '');
  return `${project}-${model}-${identity.slice(0, NAME_DIGITS)}`;
}

const sorted = (entries: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(sorted(tags)).map(([key, value]) => ({ key, value }));
