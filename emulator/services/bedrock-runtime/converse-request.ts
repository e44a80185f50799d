import { format } from 'node:util';
import { z } from 'zod';
import { TOO_LONG_MESSAGE } from '../../platform/faults/modes';
import { AwsError, validationError } from '../../platform/http/aws-error';
import { estimateTokens } from './answerer';
import type { FoundationModel, Refusal } from './foundation-models';

const textBlock = z.strictObject({ text: z.string() });
/** Text that a guardrail is to judge is text to the model. */
const judgedBlock = z.preprocess(
  (block) => (block as { guardContent?: { text?: unknown } } | null)?.guardContent?.text ?? block,
  textBlock,
);
const member = z.string().max(256);

/**
 * The part of Converse's request that is emulated: text. Ranges as in the Bedrock API reference
 * (`API_runtime_InferenceConfiguration`; 2,500 stop sequences of at least one character).
 */
const converseRequest = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(judgedBlock) }))
    .default([]),
  system: z.array(judgedBlock).default([]),
  inferenceConfig: z
    .strictObject({
      maxTokens: z.int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).max(2500).optional(),
    })
    .default({}),
  additionalModelRequestFields: z.record(z.string(), z.unknown()).default({}),
  guardrailConfig: z
    .strictObject({
      guardrailIdentifier: z.string().max(2048),
      guardrailVersion: z.string().regex(/^([1-9][0-9]{0,7}|DRAFT)$/),
      streamProcessingMode: z.enum(['sync', 'async']).default('sync'),
      trace: z.enum(['enabled', 'disabled', 'enabled_full']).default('disabled'),
    })
    .optional(),
  requestMetadata: z.record(z.string().min(1).max(256), member).optional(),
});

export interface ConverseRequest extends z.infer<typeof converseRequest> {
  /** Which blocks of `system` a guardrail is to judge: those that are marked for it. */
  readonly isSystemMarked: readonly boolean[];
  /** Which messages it is to judge: those that are marked for it, or all where none is. */
  readonly isJudged: readonly boolean[];
}

/** Members and content blocks that AWS accepts here and the local run does not emulate. */
const NOT_EMULATED = new Set([
  ...['additionalModelResponseFieldPaths', 'toolConfig'],
  ...['promptVariables', 'performanceConfig', 'serviceTier', 'outputConfig'],
  ...['image', 'document', 'video', 'audio', 'toolUse', 'toolResult', 'qualifiers', 'cachePoint'],
  ...['reasoningContent', 'citationsContent', 'searchResult'],
]);

/**
 * @param body the request's parsed JSON
 * @throws AwsError 400 ValidationException for what AWS refuses, 501 for what only AWS can do
 */
export function parseConverseRequest(body: unknown): ConverseRequest {
  const result = converseRequest.safeParse(body, { reportInput: true });
  if (!result.success) throw structuralError(result.error.issues);
  const { system = [], messages = [] } = body as {
    readonly system?: readonly object[];
    readonly messages?: readonly { readonly content: readonly object[] }[];
  };
  const isMarked = (block: object) => 'guardContent' in block;
  const marks = messages.map(({ content }) => new Set(content.map(isMarked)));
  const isAnyMarked = marks.some((each) => each.has(true));
  const request = {
    ...result.data,
    isSystemMarked: system.map(isMarked),
    isJudged: marks.map((each) => !isAnyMarked || each.has(true)),
  };
  checkConversation(request);
  requireEmulatedGuardrail(request, marks);
  return request;
}

/** Asynchronously, or of a message in parts, a guardrail would judge in a way that is not known here. */
function requireEmulatedGuardrail(
  { guardrailConfig }: ConverseRequest,
  marks: readonly ReadonlySet<boolean>[],
): void {
  const { trace = 'disabled', streamProcessingMode = 'sync' } = guardrailConfig ?? {};
  const missing = [
    ...(marks.some(({ size }) => size > 1) ? ['guardContent beside text'] : []),
    ...(trace === 'disabled' ? [] : [`trace ${trace}`]),
    ...(streamProcessingMode === 'sync' ? [] : ['streamProcessingMode async']),
  ];
  if (missing.length > 0) throw notEmulatedError(missing);
}

function structuralError(issues: readonly z.core.$ZodIssue[]): AwsError {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const notEmulated = unknown.filter((key) => NOT_EMULATED.has(key));
  if (notEmulated.length > 0) return notEmulatedError(notEmulated);
  const count = `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected`;
  return validationError(`${count}: ${issues.map(describe).join('; ')}`);
}

const notEmulatedError = (what: readonly string[]): AwsError =>
  new AwsError(
    501,
    'NotImplementedException',
    `The local Bedrock does not emulate ${what.join(', ')}: send text only, or test this against AWS.`,
  );

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.') || 'request';
  if (issue.code === 'unrecognized_keys') return `Unknown member ${issue.keys.join(', ')} at '${path}'`;
  const subject = `Value '${format('%s', issue.input ?? null)}' at '${path}' failed to satisfy constraint: Member must`;
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    const [side, limit] = issue.code === 'too_big' ? ['less', issue.maximum] : ['greater', issue.minimum];
    const measure = issue.origin === 'number' || issue.origin === 'int' ? 'value' : 'length';
    return `${subject} have ${measure} ${side} than or equal to ${limit.toString()}`;
  }
  if (issue.code === 'invalid_value')
    return `${subject} satisfy enum value set: [${issue.values.join(', ')}]`;
  return `${subject} be valid: ${issue.message}`;
}

function checkConversation({ messages, system }: ConverseRequest): void {
  system.forEach(({ text }, index) => {
    if (text.trim() === '') throw blank(`SystemContentBlock object at system.${index}`);
  });
  if (messages[0]?.role !== 'user') {
    throw validationError(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  messages.forEach(({ role, content }, index) => {
    if (role === messages[index - 1]?.role) {
      throw validationError(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    if (content.length === 0) {
      throw validationError(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    content.forEach(({ text }, block) => {
      if (text.trim() === '') throw blank(`ContentBlock object at messages.${index}.content.${block}`);
    });
  });
}

function blank(place: string): AwsError {
  return validationError(
    `The text field in the ${place} is blank. Add text to the text field, and try again.`,
  );
}

/** The context window of most models offered, all of Anthropic's among them. */
const DEFAULT_CONTEXT_TOKENS = 200_000;

type Check = (request: ConverseRequest) => boolean;

const REFUSALS: Readonly<Record<Refusal, readonly [Check, message: string]>> = {
  system: [
    ({ system }) => system.length > 0,
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
  ],
  temperature: [
    ({ inferenceConfig }) => inferenceConfig.temperature !== undefined,
    'The model returned the following errors: `temperature` is deprecated for this model.',
  ],
  topP: [
    ({ inferenceConfig }) => inferenceConfig.topP !== undefined,
    'The model returned the following errors: `top_p` is deprecated for this model.',
  ],
  thinkingOff: [
    // The wording is not known; that the request is refused is.
    ({ additionalModelRequestFields: { thinking } }) =>
      (thinking as { type?: unknown } | undefined)?.type === 'disabled',
    'The model returned the following errors: thinking.type: `disabled` is not supported for this model.',
  ],
  temperatureWithTopP: [
    ({ inferenceConfig: { temperature, topP } }) => temperature !== undefined && topP !== undefined,
    'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  ],
};

/** @returns estimated tokens of everything the model has to read */
export function inputTokens({ messages, system }: ConverseRequest): number {
  const blocks = [...system, ...messages.flatMap(({ content }) => content)];
  return blocks.reduce((sum, { text }) => sum + estimateTokens(text), 0);
}

/**
 * Checks a valid request against what this one model takes.
 * @throws AwsError 400 ValidationException
 */
export function requireModelAccepts(model: FoundationModel, request: ConverseRequest): void {
  for (const refusal of model.refuses ?? []) {
    const [applies, message] = REFUSALS[refusal];
    if (applies(request)) throw validationError(message);
  }
  const [unknown] = Object.keys(request.additionalModelRequestFields).filter(
    (field) => model.fields?.includes(field) !== true,
  );
  if (unknown !== undefined) {
    throw validationError(
      `Malformed input request: #: extraneous key [${unknown}] is not permitted, please reformat your input and try again.`,
    );
  }
  const { maxTokens } = request.inferenceConfig;
  if (maxTokens !== undefined && model.outputTokens !== undefined && maxTokens > model.outputTokens) {
    throw validationError(
      `The maximum tokens you requested exceeds the model limit of ${model.outputTokens}. Try again with a maximum tokens value that is lower than ${model.outputTokens}.`,
    );
  }
  if (inputTokens(request) > (model.contextTokens ?? DEFAULT_CONTEXT_TOKENS)) {
    throw validationError(TOO_LONG_MESSAGE);
  }
}
