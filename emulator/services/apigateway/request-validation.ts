import Ajv from 'ajv-draft-04';
import { UnsupportedError } from '../../stack/resource';
import type { ApiDefinition, Content, MethodDefinition } from './api-definition';
import { GatewayError, reasonOf } from './gateway-error';

/** A quota of API Gateway: the size of a model, in bytes. */
const MAX_MODEL_BYTES = 400 * 1024;

/** Checks a payload of some media type. @throws GatewayError BAD_REQUEST_BODY */
export type BodyValidator = (mediaType: string, body: string) => void;

type Check = (payload: unknown) => string | undefined;

/** Every REST API is born with these models. */
const BUILT_IN = {
  Empty: {},
  Error: { type: 'object', properties: { message: { type: 'string' } } },
};

const REFERENCE = '#/components/schemas/';

/** The API's models and request validators. */
export class RequestValidation {
  readonly #models: ReadonlyMap<string, Check>;
  readonly #validators: Readonly<Record<string, { readonly validateRequestBody: boolean }>>;

  constructor({ address, document }: ApiDefinition) {
    const models = Object.entries(document.components?.schemas ?? {});
    this.#models = new Map([
      ...Object.entries(BUILT_IN).map(([name, schema]) => [name, compileSchema(schema, name)] as const),
      ...models.map(
        ([name, schema]) => [name, compileModel(schema, `${address}.components.schemas.${name}`)] as const,
      ),
    ]);
    this.#validators = document['x-amazon-apigateway-request-validators'] ?? {};
  }

  /**
   * @param content of a request's body, or of a response
   * @param address where it stands
   * @throws UnsupportedError for a model that the API does not have
   */
  modelsOf(content: Content, address: string): ReadonlyMap<string, Check> {
    return new Map(
      Object.entries(content).map(([type, { schema }]) => {
        const name = schema.$ref.startsWith(REFERENCE) ? schema.$ref.slice(REFERENCE.length) : '';
        const check = this.#models.get(name);
        return [
          type,
          check ?? refuse(`${address}["${type}"].schema.$ref`, `there is no model ${schema.$ref}`),
        ];
      }),
    );
  }

  /** A payload of a media type without a model passes, as do all payloads of a method without a validator. */
  of({ address, operation }: MethodDefinition): BodyValidator {
    const models = this.modelsOf(operation.requestBody?.content ?? {}, `${address}.requestBody.content`);
    const name = operation['x-amazon-apigateway-request-validator'];
    if (name === undefined) return () => undefined;
    if (!Object.hasOwn(this.#validators, name))
      return refuse(`${address}.x-amazon-apigateway-request-validator`, 'is no validator of this API');
    const validates = this.#validators[name]?.validateRequestBody;
    return (mediaType, body) => {
      const check = validates ? models.get(mediaType) : undefined;
      const fault = check?.(parse(body));
      if (fault !== undefined) throw new GatewayError('BAD_REQUEST_BODY', fault);
    };
  }
}

function compileModel(schema: object, address: string): Check {
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_MODEL_BYTES)
    return refuse(address, `API Gateway takes ${MAX_MODEL_BYTES} bytes at most`);
  return compileSchema(schema, address);
}

/** Each takes a tenth of a second, in which nobody is answered; both regions, and each deployment, have the same. */
const compiled = new Map<string, Check>();

function compileSchema(schema: object, address: string): Check {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const ajv = new Ajv({ strictSchema: true, strictTypes: false, strictRequired: false });
  try {
    const validate = ajv.compile(schema);
    const check: Check = (payload) => (validate(payload) ? undefined : ajv.errorsText(validate.errors));
    compiled.set(text, check);
    return check;
  } catch (error) {
    return refuse(address, `is no JSON Schema draft-04 as API Gateway takes it: ${reasonOf(error)}`);
  }
}

/** The parser's own message quotes the text, which is the caller's. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new GatewayError('BAD_REQUEST_BODY', 'the payload is not JSON');
  }
}

function refuse(address: string, what: string): never {
  throw new UnsupportedError(address, what);
}
