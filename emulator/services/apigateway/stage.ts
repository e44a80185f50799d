import { UnsupportedError, type Resource } from '../../stack/resource';
import { optionalText, text, textMap } from '../../stack/values';

const VARIABLE = /^[\w.~:/?#&=,-]{1,512}$/;

/** The one stage that is served, under the custom domain where there is one. */
export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** What stands in front of the API's paths: nothing, or `/<stage>` without a custom domain. */
  readonly basePath: '' | `/${string}`;
}

/**
 * @param ofType a stack's resources of a type
 * @throws UnsupportedError for more than one stage, a base path, or a stage that deploys nothing
 */
export function readStage(apiId: string, ofType: (type: string) => readonly Resource[]): Stage {
  const [stage, ...others] = ofType('aws_api_gateway_stage');
  if (stage === undefined) throw new UnsupportedError('aws_api_gateway_stage', 'the API has no stage');
  if (others[0] !== undefined) throw new UnsupportedError(others[0].address, 'only one stage is acted out');
  const deployment = text(stage, 'deployment_id');
  if (!ofType('aws_api_gateway_deployment').some((resource) => resource.values.id === deployment))
    throw new UnsupportedError(`${stage.address}.deployment_id`, 'is no deployment of this stack');
  const name = text(stage, 'stage_name');
  const mappings = ofType('aws_api_gateway_base_path_mapping');
  for (const mapping of mappings) checkMapping(mapping, apiId, name);
  return { name, variables: variablesOf(stage), basePath: mappings.length > 0 ? '' : `/${name}` };
}

function checkMapping(mapping: Resource, apiId: string, stage: string): void {
  if (!['', '(none)'].includes(optionalText(mapping, 'base_path') ?? ''))
    throw new UnsupportedError(
      `${mapping.address}.base_path`,
      'only a domain without base path is acted out',
    );
  if (text(mapping, 'api_id') !== apiId || text(mapping, 'stage_name') !== stage)
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
