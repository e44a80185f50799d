import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv-draft-04';
import { BadRequestError, payloadTooLarge } from './errors';

/** Hosted configurations are at most 1 MB. Source: CloudFormation, `AWS::AppConfig::HostedConfigurationVersion`. */
const MAX_CONTENT_BYTES = 1024 * 1024;

/** Source: AppConfig API reference, `Validator` (`Content`). */
const MAX_SCHEMA_CHARACTERS = 32_768;

/** Source: AppConfig user guide, "Understanding validators". */
const MAX_SCHEMAS = 2;

/** The JSON Schema validators of one configuration profile. */
export class ContentValidator {
  private readonly checks: readonly ValidateFunction[];

  /**
   * @param schemas JSON schemas of draft-04, the only one that AppConfig takes
   * @throws Error for a schema that AppConfig would not take
   */
  constructor(schemas: readonly string[]) {
    if (schemas.length > MAX_SCHEMAS) throw new Error(`a profile takes at most ${MAX_SCHEMAS} validators`);
    this.checks = schemas.map(compile);
  }

  /**
   * @throws AwsError PayloadTooLargeException
   * @throws BadRequestError with one reason for every violation of every validator
   */
  check(content: string): void {
    checkSize(content);
    const value = parse(content);
    const violations = this.checks.flatMap((check) => (check(value) ? [] : (check.errors ?? [])));
    if (violations.length > 0) {
      const reasons = violations.map(describe);
      throw new BadRequestError(
        `The configuration does not satisfy its JSON schema: ${reasons.join('; ')}`,
        reasons,
        { Reason: 'InvalidConfiguration', Details: { InvalidConfiguration: violations.map(detail) } },
      );
    }
  }
}

/** @throws AwsError PayloadTooLargeException */
export function checkSize(content: string): void {
  const bytes = Buffer.byteLength(content);
  if (bytes > MAX_CONTENT_BYTES) throw payloadTooLarge(bytes, MAX_CONTENT_BYTES);
}

/** By the schema's text: regions have the same one, which takes its time. */
const compiled = new Map<string, ValidateFunction>();

function compile(schema: string): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  if (schema.length > MAX_SCHEMA_CHARACTERS) {
    throw new Error(
      `a validator takes at most ${MAX_SCHEMA_CHARACTERS} characters, this one has ${schema.length}`,
    );
  }
  // strict: false, since draft-04 ignores keywords it does not know, and so does AppConfig.
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false, validateFormats: false });
  const validate = ajv.compile(JSON.parse(schema) as object);
  compiled.set(schema, validate);
  return validate;
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new BadRequestError(`The configuration is not valid JSON: ${String(error)}`);
  }
}

/** Ajv's wording lacks what is allowed, or which member is one too many: those stand in `params`. */
function describe({ instancePath, keyword, message = keyword, params }: ErrorObject): string {
  const allowed: unknown =
    keyword === 'enum'
      ? params.allowedValues
      : keyword === 'additionalProperties' && params.additionalProperty;
  const suffix = allowed ? ` (${Array.isArray(allowed) ? allowed.join(', ') : JSON.stringify(allowed)})` : '';
  return `${instancePath || '/'} ${message}${suffix}`;
}

/** Source: AppConfig API reference, `InvalidConfigurationDetail`. */
const detail = (violation: ErrorObject) => ({
  Constraint: violation.keyword,
  Location: violation.schemaPath,
  Reason: describe(violation),
});

/** Source: AppConfig API reference, `StartDeployment` and `CreateHostedConfigurationVersion`. */
const MAX_DESCRIPTION_CHARACTERS = 1024;

/** @throws BadRequestError */
export function checkDescription(description: string | undefined): void {
  if (description === undefined || description.length <= MAX_DESCRIPTION_CHARACTERS) return;
  throw new BadRequestError(`The description is longer than ${MAX_DESCRIPTION_CHARACTERS} characters.`);
}
