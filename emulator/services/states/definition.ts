import validate from 'asl-validator';
import { z } from 'zod';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { block, parseArguments, unsupported, withoutEffect } from '../lambda/arguments';
import type { LoggingConfiguration } from './execution';

const path = z.string().nullable().optional();
const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONPath').optional() };
const paths = { InputPath: path, OutputPath: path };
const flow = { Next: z.string().optional(), End: z.boolean().optional() };
const template = z.record(z.string(), z.unknown());
const errorEquals = z
  .array(z.string())
  .min(1)
  .refine((names) => names.length === 1 || !names.includes('States.ALL'), 'States.ALL must stand alone');

/** States.ALL would hide the retriers or catchers behind it. */
function endingWithAll<Item extends z.ZodType<{ ErrorEquals: string[] }>>(item: Item) {
  return z
    .array(item)
    .refine(
      (items) => items.slice(0, -1).every(({ ErrorEquals }) => !ErrorEquals.includes('States.ALL')),
      'States.ALL must stand last',
    )
    .default([]);
}

/**
 * Of seconds and of attempts; https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html,
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
 */
const MOST = 99_999_999;
const LONGEST_DELAY = 31_622_399;

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  IntervalSeconds: z.int().min(1).max(MOST).default(1),
  MaxAttempts: z.int().min(0).max(MOST).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().min(1).max(LONGEST_DELAY).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  Next: z.string(),
  ResultPath: path,
});

/** The fields that are emulated, by type of state; what is not listed stops the start. */
const stateSchema = z.discriminatedUnion('Type', [
  z.strictObject({
    ...{ Type: z.literal('Task'), ...common, ...paths, ...flow },
    Resource: z.string(),
    Parameters: template.optional(),
    ResultSelector: template.optional(),
    ResultPath: path,
    TimeoutSeconds: z.int().min(1).max(MOST).optional(),
    TimeoutSecondsPath: z.string().optional(),
    Retry: endingWithAll(retrier),
    Catch: endingWithAll(catcher),
  }),
  z.strictObject({
    ...{ Type: z.literal('Pass'), ...common, ...paths, ...flow },
    Parameters: template.optional(),
    Result: z.unknown().optional(),
    ResultPath: path,
  }),
  z.strictObject({
    ...{ Type: z.literal('Choice'), ...common, ...paths },
    Choices: z.array(z.looseObject({ Next: z.string() })).min(1),
    Default: z.string().optional(),
  }),
  z.strictObject({
    Type: z.literal('Wait'),
    ...common,
    ...paths,
    ...flow,
    Seconds: z.int().min(0).max(MOST),
  }),
  z.strictObject({ Type: z.literal('Succeed'), ...common, ...paths }),
  z.strictObject({
    ...{ Type: z.literal('Fail'), ...common },
    Error: z.string().optional(),
    ErrorPath: z.string().optional(),
    Cause: z.string().optional(),
    CausePath: z.string().optional(),
  }),
]);

const definitionSchema = z.strictObject({
  ...common,
  Version: z.literal('1.0').optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.int().min(1).max(MOST).optional(),
  States: z.record(z.string(), stateSchema),
});

export type Definition = z.output<typeof definitionSchema>;
export type StateDefinition = z.output<typeof stateSchema>;
export type StateOf<Type extends StateDefinition['Type']> = Extract<StateDefinition, { Type: Type }>;
export type Retrier = z.output<typeof retrier>;
export type Catcher = z.output<typeof catcher>;

/** Characters; CreateStateMachine's limit. */
const DEFINITION_LIMIT = 1_048_576;

/**
 * Reads a definition, its defaults filled in.
 *
 * @param text JSON of the Amazon States Language
 * @param address of the argument that holds it
 * @throws UnsupportedError for what Step Functions refuses or the local run does not emulate
 */
export function parseDefinition(text: string, address: string): Definition {
  if (text.length > DEFINITION_LIMIT) {
    throw new UnsupportedError(address, `${text.length} characters exceed the limit of ${DEFINITION_LIMIT}`);
  }
  const parsed = definitionSchema.safeParse(parseJson(text, address));
  if (parsed.success) return parsed.data;
  throw unsupported(address, parsed.error);
}

/** Known to be valid, without their ARNs' regions: the validator compiles its schemas anew for each, in a third of a second. */
const valid = new Set<string>();

/**
 * Checks what the fields one by one do not show, such as transitions that lead nowhere.
 *
 * @throws UnsupportedError for what Step Functions refuses
 */
export function validateDefinition(text: string, address: string): void {
  const inAnyRegion = text.replaceAll(/(arn:aws[\w-]*:\w+:)[\w-]+/g, '$1');
  if (valid.has(inAnyRegion)) return;
  const { errorsText, isValid } = validate(parseJson(text, address), { checkArn: true, checkPaths: true });
  if (!isValid) throw new UnsupportedError(address, errorsText('; '));
  valid.add(inAnyRegion);
}

function parseJson(text: string, address: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UnsupportedError(address, `not JSON: ${(error as Error).message}`);
  }
}

export interface MachineConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** JSON text. */
  readonly definition: string;
  readonly logging: LoggingConfiguration;
  readonly isTraced: boolean;
}

/** Arguments without effect on how an execution goes, and attributes that AWS computes. */
const WITHOUT_EFFECT = [
  ...['creation_date', 'description', 'id', 'publish', 'region', 'revision_id', 'state_machine_version_arn'],
  ...['status', 'tags', 'tags_all', 'timeouts', 'version_description'],
  // Terraform's own arguments.
  ...['depends_on', 'lifecycle', 'provider'],
];

/** What is not listed stops the start. */
const schema = z.strictObject({
  ...withoutEffect(WITHOUT_EFFECT),
  name: z.string().regex(/^[\w-]{1,80}$/),
  arn: z.string(),
  role_arn: z.string(),
  definition: z.string(),
  /** The provider's default is STANDARD. */
  type: z.literal('EXPRESS'),
  tracing_configuration: block(z.strictObject({ enabled: z.boolean().default(false) })).optional(),
  logging_configuration: block(
    z.strictObject({
      level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).default('OFF'),
      include_execution_data: z.boolean().default(false),
      // CreateStateMachine refuses an ARN without the star.
      log_destination: z.string().endsWith(':*').optional(),
    }),
  ).optional(),
});

/** @throws UnsupportedError naming the argument that AWS refuses or the local run does not emulate */
export function machineConfiguration(resource: Resource): MachineConfiguration {
  const found = parseArguments(schema, resource);
  return {
    name: found.name,
    arn: found.arn,
    roleArn: found.role_arn,
    definition: found.definition,
    logging: {
      level: found.logging_configuration?.level ?? 'OFF',
      includeExecutionData: found.logging_configuration?.include_execution_data ?? false,
    },
    isTraced: found.tracing_configuration?.enabled ?? false,
  };
}
