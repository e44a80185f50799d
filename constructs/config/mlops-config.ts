import * as z from 'zod';
import { TUNABLE_MODELS, tunableModel } from '../../contract/tunable-models';
import { flag, object, whole } from './schema';

const MODEL_IDS = TUNABLE_MODELS.map(({ id }) => id);

/** Amazon S3 takes far more; a version that nobody has missed for ten years is not missed. */
const MAX_VERSION_DAYS = 3_650;

/** `mlops`: what is tuned, and how well its data is kept. */
export const mlopsConfigSchema = object({
  /** The foundation model to fine-tune, as `baseModelIdentifier` of a customization job; its region is the stack's. */
  baseModel: z.literal(MODEL_IDS, `one of ${MODEL_IDS.join(', ')}`),
  /** Whether Terraform refuses to destroy the training data, its key and the register of tuned models. */
  deletionProtection: flag,
  /** Days that a replaced or deleted version of an object is kept. */
  noncurrentVersionDays: whole(1, MAX_VERSION_DAYS),
});

/** What the mlops stack's region depends on. */
interface MlopsPlacement {
  readonly regions: { readonly mlops?: string | undefined };
  readonly mlops: { readonly baseModel: string };
}

/** @returns the region of the mlops stack: the configured one, else the first that fine-tunes the base model */
export function mlopsRegion({ regions, mlops }: MlopsPlacement): string {
  const region = regions.mlops ?? tunableModel(mlops.baseModel)?.regions[0];
  if (region === undefined) throw new Error(`No region fine-tunes ${mlops.baseModel}.`);
  return region;
}

/** @returns what `regions.mlops` may be, where it is a region that does not fine-tune the base model */
export function allowedMlopsRegion({ regions, mlops }: MlopsPlacement): string | undefined {
  const tuning = tunableModel(mlops.baseModel)?.regions ?? [];
  if (regions.mlops === undefined || tuning.includes(regions.mlops)) return undefined;
  return `left out, or ${tuning.join(' or ')}: elsewhere Bedrock does not fine-tune ${mlops.baseModel}`;
}
