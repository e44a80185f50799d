import type { Values } from '../../protocol/values';
import { Refusal } from '../refusal';
import { need, refuseWhileUsed, type Context, type Rules } from './rule';

const ofApi = need(
  'rest_api_id',
  ['aws_api_gateway_rest_api', 'id'],
  'NotFoundException',
  'Invalid API identifier specified',
);

const conflict = (message: string) => () => new Refusal('ConflictException', message);

const METHOD = ['rest_api_id', 'resource_id', 'http_method'] as const;
const isOfMethod = (one: Values) => (other: Values) => METHOD.every((key) => one[key] === other[key]);

const mappingNeeds = (stage: string) => [
  need(
    'domain_name',
    ['aws_api_gateway_domain_name', 'domain_name'],
    'NotFoundException',
    'Invalid domain name identifier specified',
  ),
  need(
    'api_id',
    ['aws_api_gateway_rest_api', 'id'],
    'BadRequestException',
    'Invalid REST API identifier specified',
  ),
  need(
    stage,
    ['aws_api_gateway_stage', 'stage_name'],
    'BadRequestException',
    'Invalid stage identifier specified',
  ),
];

export const apiGateway: Rules = {
  aws_api_gateway_resource: {
    needs: [ofApi],
    unique: {
      by: ['rest_api_id', 'parent_id', 'path_part'],
      refusal: ({ path_part: name }) =>
        new Refusal(
          'ConflictException',
          `Another resource with the same parent already has this name: ${String(name)}`,
        ),
    },
  },
  aws_api_gateway_method: {
    needs: [ofApi],
    unique: { by: METHOD, refusal: conflict('Method already exists for this resource') },
  },
  aws_api_gateway_method_response: {
    needs: [ofApi],
    unique: {
      by: [...METHOD, 'status_code'],
      refusal: conflict('Response already exists for this resource'),
    },
    beforeCreate: needsMethod,
  },
  aws_api_gateway_integration: { needs: [ofApi], beforeCreate: needsMethod },
  aws_api_gateway_integration_response: {
    needs: [ofApi],
    beforeCreate: (values, { account, region }) => {
      const siblings = (type: string) =>
        account.all(type, region).some((each) => isOfMethod(values)(each.values));
      if (!siblings('aws_api_gateway_integration')) {
        throw new Refusal('NotFoundException', 'Invalid Integration identifier specified');
      }
      if (!siblings('aws_api_gateway_method_response')) {
        throw new Refusal('NotFoundException', 'Invalid Response status code specified');
      }
    },
  },
  aws_api_gateway_gateway_response: { needs: [ofApi] },
  aws_api_gateway_request_validator: { needs: [ofApi] },
  aws_api_gateway_model: {
    needs: [ofApi],
    unique: {
      by: ['rest_api_id', 'name'],
      refusal: ({ name }) =>
        new Refusal('ConflictException', `Model name already exists for this REST API: ${String(name)}`),
    },
    beforeDelete: (model, context) => {
      refuseWhileUsed(
        context,
        'aws_api_gateway_method',
        ({ rest_api_id: api, request_models: models }) =>
          api === model.rest_api_id && Object.values((models ?? {}) as Values).includes(model.name),
        conflict(`Cannot delete model '${String(model.name)}', is referenced in method request`),
      );
    },
  },
  aws_api_gateway_deployment: {
    needs: [ofApi],
    // A deployment is a copy of the API as it is at that moment: what is not there yet is missing in it.
    beforeCreate: (values, { account, region }) => {
      const ofThisApi = (type: string) =>
        account.all(type, region).filter((each) => each.values.rest_api_id === values.rest_api_id);
      const methods = ofThisApi('aws_api_gateway_method');
      if (methods.length === 0) {
        throw new Refusal('BadRequestException', "The REST API doesn't contain any methods");
      }
      const integrations = ofThisApi('aws_api_gateway_integration');
      if (!methods.every((method) => integrations.some((each) => isOfMethod(method.values)(each.values)))) {
        throw new Refusal('BadRequestException', 'No integration defined for method');
      }
    },
    beforeDelete: (deployment, context) => {
      refuseWhileUsed(
        context,
        'aws_api_gateway_stage',
        (stage) => stage.deployment_id === deployment.id,
        () =>
          new Refusal(
            'BadRequestException',
            'Active stages pointing to this deployment must be moved or deleted',
          ),
      );
    },
    computed: () => ({ created_date: now() }),
  },
  aws_api_gateway_rest_api: { computed: () => ({ created_date: now(), api_key_source: 'HEADER' }) },
  aws_api_gateway_stage: {
    needs: [
      ofApi,
      need(
        'deployment_id',
        ['aws_api_gateway_deployment', 'id'],
        'BadRequestException',
        'Deployment id does not exist',
      ),
    ],
    unique: { by: ['rest_api_id', 'stage_name'], refusal: conflict('Stage already exists') },
  },
  aws_api_gateway_method_settings: {
    needs: [
      ofApi,
      need(
        'stage_name',
        ['aws_api_gateway_stage', 'stage_name'],
        'NotFoundException',
        'Invalid stage identifier specified',
      ),
    ],
  },
  aws_api_gateway_domain_name: {
    unique: {
      by: ['domain_name'],
      refusal: () => new Refusal('BadRequestException', 'The domain name you provided already exists.'),
    },
    needs: [
      need(
        'regional_certificate_arn',
        ['aws_acm_certificate', 'arn'],
        'BadRequestException',
        'The provided certificate does not exist.',
      ),
    ],
    beforeCreate: ({ regional_certificate_arn: arn }, { find }) => {
      if (find('aws_acm_certificate', 'arn', arn)?.status !== 'ISSUED') {
        throw new Refusal('BadRequestException', 'The provided certificate is not issued yet.');
      }
    },
  },
  aws_apigatewayv2_api_mapping: {
    needs: mappingNeeds('stage'),
    unique: {
      by: ['domain_name', 'api_mapping_key'],
      refusal: conflict('ApiMapping key already exists for this domain name'),
    },
  },
  aws_api_gateway_base_path_mapping: {
    needs: mappingNeeds('stage_name'),
    unique: {
      by: ['domain_name', 'base_path'],
      refusal: conflict('Base path already exists for this domain name'),
    },
  },
};

function needsMethod(values: Values, { account, region }: Context) {
  if (!account.all('aws_api_gateway_method', region).some((each) => isOfMethod(values)(each.values))) {
    throw new Refusal('NotFoundException', 'Invalid Method identifier specified');
  }
}

const now = () => new Date().toISOString().replace(/\.\d+/, '');
