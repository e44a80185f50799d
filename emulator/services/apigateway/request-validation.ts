import Ajv from 'ajv-draft-04';
import { UnsupportedError, type Resource } from '../../stack/resource';
import { flag, json, optionalText, text, textMap } from '../../stack/values';
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

/** The API's models and request validators. */
export class RequestValidation {
  readonly #models: ReadonlyMap<string, Check>;
  readonly #validators: ReadonlyMap<string, boolean>;

  /** @param ofType a stack's resources of a type */
  constructor(ofType: (type: string) => readonly Resource[]) {
    this.#models = new Map([
      ...Object.entries(BUILT_IN).map(([name, schema]) => [name, compileSchema(schema, name)] as const),
      ...ofType('aws_api_gateway_model').map((model) => [text(model, 'name'), compileModel(model)] as const),
    ]);
    this.#validators = new Map(
      ofType('aws_api_gateway_request_validator').map((validator) => [
        text(validator, 'id'),
        flag(validator, 'validate_request_body'),
      ]),
    );
  }

  /**
   * @param argument `request_models` of a method, or `response_models` of a method response
   * @throws UnsupportedError for a model that the API does not have
   */
  modelsOf(resource: Resource, argument: string): ReadonlyMap<string, Check> {
    return new Map(
      Object.entries(textMap(resource, argument)).map(([type, name]) => {
        const address = `${resource.address}.${argument}["${type}"]`;
        if (!type.includes('/')) return refuse(address, 'is no media type');
        return [type, this.#models.get(name) ?? refuse(address, `there is no model ${name}`)];
      }),
    );
  }

  /** A payload of a media type without a model passes, as do all payloads of a method without a validator. */
  of(method: Resource): BodyValidator {
    const models = this.modelsOf(method, 'request_models');
    const id = optionalText(method, 'request_validator_id') ?? '';
    if (id === '') return () => undefined;
    const validates = this.#validators.get(id);
    if (validates === undefined)
      return refuse(`${method.address}.request_validator_id`, 'is no validator of this API');
    return (mediaType, body) => {
      const check = validates ? models.get(mediaType) : undefined;
      const fault = check?.(parse(body));
      if (fault !== undefined) throw new GatewayError('BAD_REQUEST_BODY', fault);
    };
  }
}

function compileModel(model: Resource): Check {
  const address = `${model.address}.schema`;
  if (Buffer.byteLength(text(model, 'schema')) > MAX_MODEL_BYTES)
    return refuse(address, `API Gateway takes ${MAX_MODEL_BYTES} bytes at most`);
  return compileSchema(json(model, 'schema') as object, address);
}

function compileSchema(schema: object, address: string): Check {
  const ajv = new Ajv({ strictSchema: true, strictTypes: false, strictRequired: false });
  try {
    const validate = ajv.compile(schema);
    return (payload) => (validate(payload) ? undefined : ajv.errorsText(validate.errors));
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
