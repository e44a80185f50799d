import { errorBody } from './templates';

/** A mock looks for a template by the caller's content type, and these are what clients send by themselves. */
const CONTENT_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
];

/** 405 for every method that a path does not have; API Gateway itself would say 403. */
export const methodNotAllowed = (allow: string): object => ({
  responses: {
    405: {
      description: `The path takes ${allow} only.`,
      headers: { Allow: { schema: { type: 'string' } } },
    },
  },
  'x-amazon-apigateway-integration': {
    type: 'mock',
    passthroughBehavior: 'never',
    requestTemplates: Object.fromEntries(CONTENT_TYPES.map((type) => [type, '{"statusCode": 405}'])),
    responses: {
      default: {
        statusCode: '405',
        responseParameters: { 'method.response.header.Allow': `'${allow}'` },
        responseTemplates: {
          'application/json': errorBody({
            code: 'method_not_allowed',
            message: `This path takes ${allow} only.`,
          }),
        },
      },
    },
  },
});
