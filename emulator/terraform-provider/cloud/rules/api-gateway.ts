import { readDefinition, type ApiDefinition } from '../../../services/apigateway/api-definition';
import type { Values } from '../../protocol/values';
import { Refusal } from '../refusal';
import { list, need, refuseWhileUsed, type Rules } from './rule';

const ofApi = need(
  'rest_api_id',
  ['aws_api_gateway_rest_api', 'id'],
  'NotFoundException',
  'Invalid API identifier specified',
);

const conflict = (message: string) => () => new Refusal('ConflictException', message);

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
  aws_api_gateway_deployment: {
    needs: [ofApi],
    beforeCreate: ({ rest_api_id: id }, { find }) => {
      const { methods = [] } = definitionOf(find('aws_api_gateway_rest_api', 'id', id) ?? {}) ?? {};
      if (methods.length === 0) {
        throw new Refusal('BadRequestException', "The REST API doesn't contain any methods");
      }
      if (methods.some(({ operation }) => operation['x-amazon-apigateway-integration'] === undefined)) {
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
  aws_api_gateway_rest_api: {
    beforeChange: definitionOf,
    computed: () => ({ created_date: now(), api_key_source: 'HEADER' }),
  },
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
  aws_api_gateway_usage_plan: {
    beforeChange: ({ api_stages: stages }, { account, region }) => {
      for (const { api_id: api, stage } of list(stages) as readonly Values[]) {
        const isThere = account
          .all('aws_api_gateway_stage', region)
          .some(({ values }) => values.rest_api_id === api && values.stage_name === stage);
        if (!isThere) throw new Refusal('NotFoundException', 'API Stage not found');
      }
    },
  },
  aws_api_gateway_api_key: {
    unique: { by: ['value'], refusal: conflict('API Key already exists') },
    computed: () => ({ created_date: now(), last_updated_date: now() }),
  },
  aws_api_gateway_usage_plan_key: {
    needs: [
      need(
        'usage_plan_id',
        ['aws_api_gateway_usage_plan', 'id'],
        'NotFoundException',
        'Invalid Usage Plan ID specified',
      ),
      need(
        'key_id',
        ['aws_api_gateway_api_key', 'id'],
        'NotFoundException',
        'Invalid API Key identifier specified',
      ),
    ],
    computed: ({ key_id: id }, { find }) => {
      const { name, value } = find('aws_api_gateway_api_key', 'id', id) ?? {};
      return { name, value };
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

/** What PutRestApi makes of the body. @throws Refusal */
function definitionOf({ body }: Values): ApiDefinition | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    return readDefinition({ address: 'aws_api_gateway_rest_api', values: { body } });
  } catch (error) {
    const { message } = error as Error;
    throw new Refusal('BadRequestException', `Errors found during import:\n\t${message}`);
  }
}

const now = () => new Date().toISOString().replace(/\.\d+/, '');
