import type { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { EVACUATION_SWITCH, SWITCH_KEY } from '../../contract/evacuation';
import { errorBody } from './templates';

export interface EvacuationProps {
  readonly region: string;
  readonly table: DynamodbTable;
  /** ARN of the role by which API Gateway reads the item. */
  readonly credentials: string;
}

/** Route 53 waits 2 s for a health check's response. */
const TIMEOUT_MS = 1_500;

/** 200 while the primary is evacuated, else 404: one item, read by API Gateway without any code in between. */
export const evacuationOperation = ({ region, table, credentials }: EvacuationProps): object => ({
  responses: {
    200: { description: 'The primary is evacuated; 404 where it is not.' },
    503: { description: 'A table that cannot be read says nothing, and so evacuates nothing.' },
  },
  'x-amazon-apigateway-integration': {
    type: 'aws',
    httpMethod: 'POST',
    uri: `arn:aws:apigateway:${region}:dynamodb:action/GetItem`,
    credentials,
    passthroughBehavior: 'never',
    requestTemplates: {
      'application/json': JSON.stringify({
        // Its literal name: see literalArns.
        TableName: table.nameInput,
        Key: { [SWITCH_KEY]: { S: EVACUATION_SWITCH } },
        ConsistentRead: true,
      }),
    },
    timeoutInMillis: TIMEOUT_MS,
    responses: {
      default: { statusCode: '200', responseTemplates: { 'application/json': RESPONSE_TEMPLATE } },
      '[45]\\d{2}': {
        statusCode: '503',
        responseTemplates: {
          'application/json': errorBody({
            code: 'service_unavailable',
            message: 'The switch cannot be read.',
          }),
        },
      },
    },
  },
});

const RESPONSE_TEMPLATE = [
  `#set($switch = $input.path('$.Item.${SWITCH_KEY}.S'))`,
  `#if($switch == '${EVACUATION_SWITCH}')`,
  '{"evacuated":true}',
  '#else',
  '#set($context.responseOverride.status = 404)',
  '{"evacuated":false}',
  '#end',
].join('\n');
