import validate from 'asl-validator';
import { z } from 'zod';
import { unsupported } from '../lambda/arguments';
import { UnsupportedError } from '../../stack/resource';

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

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  IntervalSeconds: z.int().min(1).default(1),
  MaxAttempts: z.int().min(0).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().min(1).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  Next: z.string(),
  ResultPath: path,
});

/** The fields that are acted out, by type of state; what is not listed stops the start. */
const stateSchema = z.discriminatedUnion('Type', [
  z.strictObject({
    ...{ Type: z.literal('Task'), ...common, ...paths, ...flow },
    Resource: z.string(),
    Parameters: template.optional(),
    ResultSelector: template.optional(),
    ResultPath: path,
    TimeoutSeconds: z.int().min(1).optional(),
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
  z.strictObject({ Type: z.literal('Wait'), ...common, ...paths, ...flow, Seconds: z.int().min(0) }),
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
  TimeoutSeconds: z.int().min(1).optional(),
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
 * @throws UnsupportedError for what Step Functions refuses or the local run does not act out
 */
export function parseDefinition(text: string, address: string): Definition {
  if (text.length > DEFINITION_LIMIT) {
    throw new UnsupportedError(address, `${text.length} characters exceed the limit of ${DEFINITION_LIMIT}`);
  }
  const parsed = definitionSchema.safeParse(parseJson(text, address));
  if (parsed.success) return parsed.data;
  throw unsupported(address, parsed.error);
}

/**
 * Checks what the fields one by one do not show, such as transitions that lead nowhere.
 *
 * @throws UnsupportedError for what Step Functions refuses
 */
export function validateDefinition(text: string, address: string): void {
  const { errorsText, isValid } = validate(parseJson(text, address), { checkArn: true, checkPaths: true });
  if (!isValid) throw new UnsupportedError(address, errorsText('; '));
}

function parseJson(text: string, address: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UnsupportedError(address, `not JSON: ${(error as Error).message}`);
  }
}
