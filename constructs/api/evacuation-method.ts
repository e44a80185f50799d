import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration';
import { ApiGatewayIntegrationResponse } from '@cdktf/provider-aws/lib/api-gateway-integration-response';
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method';
import { ApiGatewayMethodResponse } from '@cdktf/provider-aws/lib/api-gateway-method-response';
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import { EVACUATION_SWITCH, SWITCH_KEY } from '../../contract/evacuation';
import { errorBody } from './templates';

export interface EvacuationMethodProps {
  readonly provider: AwsProvider;
  readonly restApiId: string;
  readonly resourceId: string;
  readonly region: string;
  readonly table: DynamodbTable;
  /** ARN of the role by which API Gateway reads the item. */
  readonly credentials: string;
}

/** Route 53 waits 2 s for a health check's response. */
const TIMEOUT_MS = 1_500;

/** 200 while the primary is evacuated, else 404: one item, read by API Gateway without any code in between. */
export class EvacuationMethod extends Construct {
  constructor(scope: Construct, id: string, props: EvacuationMethodProps) {
    super(scope, id);
    const { provider, restApiId, resourceId, region, table, credentials } = props;
    const method = new ApiGatewayMethod(this, 'default', {
      provider,
      restApiId,
      resourceId,
      httpMethod: 'GET',
      authorization: 'NONE',
    });
    const common = { provider, restApiId, resourceId, httpMethod: method.httpMethod };
    const getItem = {
      // Its literal name: see literalArns.
      TableName: table.nameInput,
      Key: { [SWITCH_KEY]: { S: EVACUATION_SWITCH } },
      ConsistentRead: true,
    };
    const integration = new ApiGatewayIntegration(this, 'integration', {
      ...common,
      type: 'AWS',
      integrationHttpMethod: 'POST',
      uri: `arn:aws:apigateway:${region}:dynamodb:action/GetItem`,
      credentials,
      passthroughBehavior: 'NEVER',
      requestTemplates: { 'application/json': JSON.stringify(getItem) },
      timeoutMilliseconds: TIMEOUT_MS,
    });
    const read = new ApiGatewayMethodResponse(this, 'read', { ...common, statusCode: '200' });
    new ApiGatewayIntegrationResponse(this, 'item_read', {
      ...common,
      statusCode: read.statusCode,
      responseTemplates: { 'application/json': RESPONSE_TEMPLATE },
      dependsOn: [integration],
    });
    // A table that cannot be read says nothing, and so evacuates nothing.
    const failed = new ApiGatewayMethodResponse(this, 'failed', { ...common, statusCode: '503' });
    new ApiGatewayIntegrationResponse(this, 'read_failed', {
      ...common,
      statusCode: failed.statusCode,
      selectionPattern: '[45]\\d{2}',
      responseTemplates: {
        'application/json': errorBody({ code: 'service_unavailable', message: 'The switch cannot be read.' }),
      },
      dependsOn: [integration],
    });
  }
}

const RESPONSE_TEMPLATE = [
  `#set($switch = $input.path('$.Item.${SWITCH_KEY}.S'))`,
  `#if($switch == '${EVACUATION_SWITCH}')`,
  '{"evacuated":true}',
  '#else',
  '#set($context.responseOverride.status = 404)',
  '{"evacuated":false}',
  '#end',
].join('\n');
