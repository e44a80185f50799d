import { text, type Addressed } from '../values';
import { emulated, noLocalMeaning, type Placement, type ResourceTypes } from './resource-type';

/** Hosted zones of API Gateway's regional endpoints: https://docs.aws.amazon.com/general/latest/gr/apigateway.html */
const REGIONAL_ZONES: Readonly<Record<string, string>> = {
  'us-east-1': 'Z1UJRXOUMOOFQ8',
  'us-east-2': 'ZOJJZC49E0EPZ',
  'us-west-1': 'Z2MUQ32089INYE',
  'us-west-2': 'Z2OJLYMUO9EFXC',
};

const restApiArn = (of: Addressed, { region }: Placement) =>
  `arn:aws:apigateway:${region}::/restapis/${text(of, 'rest_api_id')}`;

export const apiGateway: ResourceTypes = {
  aws_api_gateway_rest_api: {
    arguments: {
      ...emulated('name', 'body', 'api_key_source'),
      endpoint_configuration: emulated('types'),
      ...noLocalMeaning('description', 'disable_execute_api_endpoint', 'tags'),
    },
    // A local run lets callers in whom a plan refuses.
    ignoresPreconditions: true,
    computed: (_, { region, account, id }) => ({
      id: id(10),
      root_resource_id: id(10, 'root'),
      arn: `arn:aws:apigateway:${region}::/restapis/${id(10)}`,
      execution_arn: `arn:aws:execute-api:${region}:${account}:${id(10)}`,
    }),
  },
  aws_api_gateway_account: {
    arguments: noLocalMeaning('cloudwatch_role_arn'),
    computed: () => ({ id: 'api-gateway-account' }),
  },
  aws_api_gateway_deployment: {
    arguments: { ...emulated('rest_api_id'), ...noLocalMeaning('description', 'triggers') },
    computed: (_, { id }) => ({ id: id(6) }),
  },
  aws_api_gateway_stage: {
    arguments: {
      ...emulated('rest_api_id', 'stage_name', 'deployment_id', 'variables', 'xray_tracing_enabled'),
      ...noLocalMeaning('access_log_settings', 'description', 'tags'),
    },
    computed: (of, placement) => {
      const [api, stage] = [text(of, 'rest_api_id'), text(of, 'stage_name')];
      const { region, account } = placement;
      return {
        id: `ags-${api}-${stage}`,
        arn: `${restApiArn(of, placement)}/stages/${stage}`,
        execution_arn: `arn:aws:execute-api:${region}:${account}:${api}/${stage}`,
        invoke_url: `https://${api}.execute-api.${region}.amazonaws.com/${stage}`,
      };
    },
  },
  aws_api_gateway_method_settings: {
    arguments: {
      ...emulated('rest_api_id', 'stage_name', 'method_path'),
      settings: {
        ...emulated('throttling_burst_limit', 'throttling_rate_limit'),
        ...noLocalMeaning('data_trace_enabled', 'logging_level', 'metrics_enabled'),
      },
    },
    computed: (of) => ({
      id: ['rest_api_id', 'stage_name', 'method_path'].map((argument) => text(of, argument)).join('-'),
    }),
  },
  aws_api_gateway_usage_plan: {
    arguments: {
      ...emulated('name'),
      api_stages: emulated('api_id', 'stage'),
      throttle_settings: emulated('burst_limit', 'rate_limit'),
      ...noLocalMeaning('description', 'tags'),
    },
    computed: (_, { region, id }) => ({
      id: id(6),
      arn: `arn:aws:apigateway:${region}::/usageplans/${id(6)}`,
    }),
  },
  aws_api_gateway_api_key: {
    arguments: { ...emulated('name', 'value', 'enabled'), ...noLocalMeaning('description', 'tags') },
    computed: (_, { region, id }) => ({
      id: id(10),
      arn: `arn:aws:apigateway:${region}::/apikeys/${id(10)}`,
    }),
  },
  aws_api_gateway_usage_plan_key: {
    arguments: emulated('usage_plan_id', 'key_id', 'key_type'),
    computed: (of) => ({ id: text(of, 'key_id') }),
  },
  aws_api_gateway_domain_name: {
    arguments: {
      ...emulated('domain_name'),
      endpoint_configuration: emulated('types'),
      ...noLocalMeaning('regional_certificate_arn', 'security_policy', 'tags'),
    },
    computed: (of, { region, id }) => ({
      id: text(of, 'domain_name'),
      arn: `arn:aws:apigateway:${region}::/domainnames/${text(of, 'domain_name')}`,
      regional_domain_name: `d-${id(10)}.execute-api.${region}.amazonaws.com`,
      regional_zone_id: REGIONAL_ZONES[region] ?? `Z${id(13).toUpperCase()}`,
    }),
  },
  aws_apigatewayv2_api_mapping: {
    arguments: emulated('api_id', 'stage', 'domain_name', 'api_mapping_key'),
    // A local run has a key that a plan refuses.
    ignoresPreconditions: true,
    computed: (_, { id }) => ({ id: id(6) }),
  },
  aws_api_gateway_base_path_mapping: {
    arguments: emulated('api_id', 'stage_name', 'domain_name', 'base_path'),
    computed: (of) => ({
      id: `${text(of, 'domain_name')}/${typeof of.values.base_path === 'string' ? of.values.base_path : ''}`,
    }),
  },
};
