import { API_VERSION, type Operation } from '../../contract/openapi';

/** What stands in the path's own extensions: what a method does behind its contract. */
export interface OperationExtensions {
  readonly 'x-amazon-apigateway-integration': object;
  readonly 'x-amazon-apigateway-request-validator'?: string;
  /** By API Gateway's own scheme, whatever those of the contract are. */
  readonly security?: readonly object[];
}

/**
 * An operation as API Gateway imports it: OpenAPI 3.0 without examples and without the schemas of responses, which it
 * would keep as models that nothing reads, and refuse where they use a newer JSON Schema.
 */
export const importedOperation = (
  { operationId, parameters, requestBody, responses }: Operation,
  extensions: OperationExtensions,
): object => ({
  operationId,
  ...(parameters && { parameters }),
  ...(requestBody && { requestBody }),
  responses: Object.fromEntries(
    Object.entries(responses).map(([status, { description, headers }]) => [
      status,
      { description, ...(headers && { headers }) },
    ]),
  ),
  ...extensions,
});

/**
 * What is no JSON object starts no execution. Which field is at fault the execution finds, since API Gateway's own
 * error would not name it: its model is looser than the contract.
 */
export const importedSchemas = { Question: { type: 'object' }, ChatRequest: { type: 'object' } };

/** @returns the JSON of an API's `body`, always in the same order: a plan shows what changed of it */
export const importedBody = (name: string, parts: Readonly<Record<string, object>>): string =>
  JSON.stringify({ openapi: '3.0.1', info: { title: name, version: API_VERSION }, ...parts });
