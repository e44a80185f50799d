import Ajv from 'ajv/dist/2020';
import { shippedConfig } from './synthesize';
import { openApiDocument, type Operation } from '../../contract/openapi';

/** A response as it came over HTTP, its body parsed. */
export interface Served {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const { paths, components } = openApiDocument(shippedConfig());
export const OPERATIONS: readonly Operation[] = Object.values(paths).flatMap((path) => Object.values(path));

/** Headers of HTTP itself and of API Gateway, which no operation documents. */
const OF_TRANSPORT =
  /^(connection|content-length|content-type|date|keep-alive|transfer-encoding|x-amzn-(errortype|requestid|trace-id)|x-amz-apigw-id)$/;

const ajv = new Ajv({ strict: false });
// What is served today is documented to the last field, although callers have to bear further ones.
ajv.addSchema(closed({ $id: 'api', components }));

/** @returns what of a response the document does not say */
export function undocumented({ responses }: Operation, { status, headers, body }: Served): readonly string[] {
  const response = responses[status];
  if (response === undefined) return [`status ${status}`];
  const documented = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
  const names = [...headers.keys()].filter((name) => !OF_TRANSPORT.test(name) && !documented.includes(name));
  if (response.content === undefined) {
    const isEmpty = JSON.stringify(body ?? {}) === '{}';
    return [...names.map((name) => `header ${name}`), ...(isEmpty ? [] : ['a body'])];
  }
  const type = headers.get('content-type') ?? 'none';
  const { schema } = (response.content[type] ?? { schema: false }) as { schema: object };
  const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
  const matches = ajv.validate(JSON.parse(text) as object, body);
  return [...names.map((name) => `header ${name}`), ...(matches ? [] : [ajv.errorsText()])];
}

/** Objects of a schema without further properties. */
function closed<T>(schema: T): T {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed) as T;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return (parts.type === 'object' ? { additionalProperties: false, ...parts } : parts) as T;
}
