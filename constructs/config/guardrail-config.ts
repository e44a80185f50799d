import * as z from 'zod';
import { flag, object, text } from './schema';

/** GuardrailPiiEntityType: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailPiiEntityConfig.html */
const PII_TYPES = [
  ...['ADDRESS', 'AGE', 'DRIVER_ID', 'EMAIL', 'LICENSE_PLATE', 'NAME', 'PASSWORD', 'PHONE', 'USERNAME'],
  ...['VEHICLE_IDENTIFICATION_NUMBER', 'CREDIT_DEBIT_CARD_CVV', 'CREDIT_DEBIT_CARD_EXPIRY'],
  ...['CREDIT_DEBIT_CARD_NUMBER', 'INTERNATIONAL_BANK_ACCOUNT_NUMBER', 'PIN', 'SWIFT_CODE', 'IP_ADDRESS'],
  ...['MAC_ADDRESS', 'URL', 'AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'US_BANK_ACCOUNT_NUMBER'],
  ...['US_BANK_ROUTING_NUMBER', 'US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER', 'US_PASSPORT_NUMBER'],
  ...['US_SOCIAL_SECURITY_NUMBER', 'CA_HEALTH_NUMBER', 'CA_SOCIAL_INSURANCE_NUMBER'],
  ...['UK_NATIONAL_HEALTH_SERVICE_NUMBER', 'UK_NATIONAL_INSURANCE_NUMBER'],
  'UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER',
] as const;

/** Amazon Bedrock's quotas of a guardrail in its classic tier, and lengths as provider and API refuse others. */
const MAX = { topics: 30, examples: 5, words: 10_000, regexes: 10 } as const;

const ACTIONS = ['block', 'anonymize'] as const;
const action = z.literal(ACTIONS, `one of ${ACTIONS.join(', ')}`).optional();
const directions = {
  /** What becomes of it in a question; left out, questions are not looked at for it. */
  input: action,
  /** The same of an answer. */
  output: action,
};
const LOOKED_FOR = {
  message: 'an input or an output action, or both',
  path: ['input'],
};
const isLookedFor = ({ input, output }: { input?: unknown; output?: unknown }) =>
  input !== undefined || output !== undefined;

const upTo = (characters: number) =>
  text(new RegExp(`^(?=[^]*\\S)[^]{1,${characters}}$`), `a text of 1 to ${characters} characters`);

const list = <Item extends z.ZodType>(item: Item, most: number, of: string) =>
  z.array(item, `a list of ${of}`).min(1, `1 to ${most} ${of}`).max(most, `1 to ${most} ${of}`).optional();

const PATTERN = 'a regular expression without look-around and back-references';

/** `guardrail`: what of questions and answers Bedrock is to stop or to mask. Left out, nothing. */
export const guardrailConfigSchema = object({
  /** What a caller gets in place of an answer. */
  messages: object({ input: upTo(500), output: upTo(500) }),
  topics: list(
    object({
      name: text(/^[0-9a-zA-Z _!?.-]{1,100}$/, '1 to 100 letters, digits, spaces or one of -_!?.'),
      definition: upTo(200),
      examples: list(upTo(100), MAX.examples, 'examples'),
    }),
    MAX.topics,
    'topics, each with name and definition',
  ),
  words: list(upTo(100), MAX.words, 'words'),
  /** AWS's own list of profane words. */
  profanity: flag.optional(),
  pii: list(
    object({
      type: z.literal(PII_TYPES, `one of ${PII_TYPES.join(', ')}`),
      ...directions,
    }).refine(isLookedFor, LOOKED_FOR),
    PII_TYPES.length,
    'kinds of PII',
  ),
  regexes: list(
    object({
      name: upTo(100),
      pattern: text(/^[^]{1,500}$/, `${PATTERN}, of 1 to 500 characters`),
      ...directions,
    }).refine(isLookedFor, LOOKED_FOR),
    MAX.regexes,
    'regular expressions, each with name and pattern',
  ),
  /** How readily a question is taken for an attack on the assistant's instructions. */
  promptAttacks: z.literal(['LOW', 'MEDIUM', 'HIGH'], 'one of LOW, MEDIUM, HIGH').optional(),
}).superRefine((guardrail, context) => {
  const twice = (names: readonly string[]) => names.find((name, at) => names.indexOf(name) !== at);
  const fault = (path: string, message: string) => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  const { topics = [], pii = [], regexes = [], words, profanity, promptAttacks } = guardrail;
  const isEmpty = [...topics, ...pii, ...regexes].length === 0 && words === undefined;
  if (isEmpty && profanity !== true && promptAttacks === undefined) {
    fault('messages', 'something to look for beside: topics, words, profanity, pii, regexes, promptAttacks');
  }
  if (twice(topics.map(({ name }) => name)) !== undefined) fault('topics', 'topics of different names');
  if (twice(pii.map(({ type }) => type)) !== undefined) fault('pii', 'each type once');
  if (twice(regexes.map(({ name }) => name)) !== undefined) fault('regexes', 'names that differ');
  for (const [at, { pattern }] of regexes.entries()) {
    if (isPattern(pattern)) continue;
    context.addIssue({
      code: 'custom',
      path: ['regexes', at, 'pattern'],
      message: PATTERN,
    });
  }
});

export type GuardrailConfig = z.infer<typeof guardrailConfigSchema>;

/**
 * AWS says that look-around is not supported; of back-references it says nothing. No engine that is known to do without
 * the one has the other, so that they are assumed to be refused at the deploy.
 */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    const unescaped = pattern.replace(/\\[^1-9k]/g, '');
    return !/\(\?<?[=!]|\\[1-9k]/.test(unescaped);
  } catch {
    return false;
  }
}
