import { type Resource, UnsupportedError } from '../../stack/resource';
import { flag, optionalText, text, textMap } from '../../stack/values';

const VARIABLE = /^[\w.~:/?#&=,-]{1,512}$/;

/** The one stage of an API that is served, under the custom domain where there is one. */
export interface Stage {
  readonly arn: string;
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** What stands in front of the API's paths: on a custom domain its key there, if any; else the stage's name. */
  readonly basePath: '' | `/${string}`;
  /** Whether X-Ray is told of requests. */
  readonly isTraced: boolean;
}

/**
 * @param ofType the API's resources of a type
 * @throws UnsupportedError for more than one stage, a base path, or a stage that deploys nothing
 */
export function readStage(apiId: string, ofType: (type: string) => readonly Resource[]): Stage {
  const [stage, ...others] = ofType('aws_api_gateway_stage');
  if (stage === undefined) throw new UnsupportedError('aws_api_gateway_stage', 'the API has no stage');
  if (others[0] !== undefined) throw new UnsupportedError(others[0].address, 'only one stage is emulated');
  const deployment = text(stage, 'deployment_id');
  if (!ofType('aws_api_gateway_deployment').some((resource) => resource.values.id === deployment))
    throw new UnsupportedError(`${stage.address}.deployment_id`, 'is no deployment of this stack');
  const name = text(stage, 'stage_name');
  const arn = optionalText(stage, 'arn') ?? '';
  const variables = variablesOf(stage);
  const isTraced = flag(stage, 'xray_tracing_enabled');
  const [keyed] = ofType('aws_apigatewayv2_api_mapping');
  if (keyed !== undefined) {
    checkMapping(keyed, { apiId, stage: name }, 'stage');
    return { arn, name, variables, isTraced, basePath: `/${keyOf(keyed)}` };
  }
  const mappings = ofType('aws_api_gateway_base_path_mapping');
  for (const mapping of mappings) {
    if (!['', '(none)'].includes(optionalText(mapping, 'base_path') ?? ''))
      throw new UnsupportedError(
        `${mapping.address}.base_path`,
        'only a domain without base path is emulated',
      );
    checkMapping(mapping, { apiId, stage: name }, 'stage_name');
  }
  return { arn, name, variables, isTraced, basePath: mappings.length > 0 ? '' : `/${name}` };
}

/** @throws UnsupportedError for an API mapping's key that has more than one part */
export function keyOf(mapping: Resource): string {
  const key = optionalText(mapping, 'api_mapping_key') ?? '';
  if (/^[\w-]{1,300}$/.test(key)) return key;
  throw new UnsupportedError(`${mapping.address}.api_mapping_key`, 'only a key of one part is emulated');
}

function checkMapping(
  mapping: Resource,
  { apiId, stage }: { readonly apiId: string; readonly stage: string },
  stageArgument: 'stage' | 'stage_name',
): void {
  if (text(mapping, 'api_id') !== apiId || text(mapping, stageArgument) !== stage)
    throw new UnsupportedError(mapping.address, 'maps to another API or stage');
}

/** Names and values within API Gateway's quotas. */
function variablesOf(stage: Resource): Readonly<Record<string, string>> {
  const variables = textMap(stage, 'variables');
  const wrong = Object.entries(variables).find(
    ([name, value]) => !/^\w{1,64}$/.test(name) || !VARIABLE.test(value),
  );
  if (wrong !== undefined)
    throw new UnsupportedError(`${stage.address}.variables["${wrong[0]}"]`, 'API Gateway does not take it');
  return variables;
}
