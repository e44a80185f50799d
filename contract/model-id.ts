import { GEOGRAPHIES, REGIONS } from './regions';

/** The kinds of ids that Converse takes and that the functions may call. */
export type ModelIdKind =
  | 'foundation-model'
  | 'inference-profile'
  | 'application-inference-profile'
  | 'custom-model-deployment'
  | 'provisioned-model';

export interface ModelId {
  readonly kind: ModelIdKind;
  /** The foundation model, e.g. `anthropic.claude-haiku-5-5`; an ARN of one's own resource does not say it. */
  readonly model?: string;
  readonly vendor?: string;
  /** The regions that it can be called from. */
  readonly regions: readonly string[];
}

/** What an ARN names by its model's id, and what by an id of its own. */
const BY_MODEL: readonly string[] = ['foundation-model', 'inference-profile'] satisfies ModelIdKind[];
const BY_OWN_ID: readonly string[] = [
  'application-inference-profile',
  'custom-model-deployment',
  'provisioned-model',
] satisfies ModelIdKind[];

const ARN = /^arn:aws:bedrock:([a-z0-9-]+):(?:\d{12})?:([a-z-]+)\/(.+)$/;

/** @returns what the id says of itself; undefined where it is of no kind that can be called */
export function parseModelId(id: string): ModelId | undefined {
  if (!id.startsWith('arn:')) return parseName(id, REGIONS);
  const [, region = '', kind = '', name = ''] = ARN.exec(id) ?? [];
  if (BY_MODEL.includes(kind)) return parseName(name, [region]);
  return BY_OWN_ID.includes(kind) ? { kind: kind as ModelIdKind, regions: [region] } : undefined;
}

/** @returns e.g. `anthropic`; undefined where the id does not say, as of a tuned model's deployment */
export const vendorOf = (id: string): string | undefined => parseModelId(id)?.vendor;

/** `us.anthropic.claude-...` is a profile, `anthropic.claude-...` the model itself. */
function parseName(name: string, from: readonly string[]): ModelId | undefined {
  const prefix = name.slice(0, Math.max(0, name.indexOf('.')));
  const geography = Object.hasOwn(GEOGRAPHIES, prefix) ? GEOGRAPHIES[prefix] : undefined;
  const model = geography === undefined ? name : name.slice(prefix.length + 1);
  const vendor = /^([a-z0-9]+)\.[a-z0-9]/.exec(model)?.[1];
  if (vendor === undefined) return undefined;
  const regions = geography === undefined ? from : from.filter((region) => geography.includes(region));
  return { kind: geography === undefined ? 'foundation-model' : 'inference-profile', model, vendor, regions };
}
