import { App, Testing } from 'cdktf';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GuardrailConfig } from '../../constructs/config/guardrail-config';
import { ConfigError, parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { shippedConfig, type StackJson } from '../support/synthesize';

const folder = mkdtempSync(join(tmpdir(), 'assistant-guardrail-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const messages = { input: 'I cannot take that.', output: 'I cannot say that.' };
const WORDS: GuardrailConfig = { messages, words: ['acme'] };
const withGuardrail = (guardrail: object | undefined) => parseConfig({ ...shippedConfig(), guardrail });

function stackOf(guardrail?: object): StackJson {
  const config = withGuardrail(guardrail);
  const stack = new RegionalStack(new App({ outdir: folder }), 'primary', { config, role: 'primary' });
  return JSON.parse(Testing.synth(stack)) as StackJson;
}

const drawn = ({ resource }: StackJson) => resource.aws_bedrock_guardrail?.assistant_guardrail;
const version = ({ resource }: StackJson) =>
  resource.aws_bedrock_guardrail_version?.assistant_guardrail_version;
const environment = ({ resource }: StackJson, name: string) =>
  (resource.aws_lambda_function?.[name]?.environment as { variables: Record<string, string> }).variables;

/** What asks models: both tiers, and both of them in one for streams. */
const ASKING = ['assistant_chat', 'assistant_fallback_model', 'assistant_primary_model'] as const;
const applies = (stack: StackJson) =>
  Object.entries(stack.resource.aws_iam_role_policy ?? {}).flatMap(([name, { policy }]) =>
    (
      JSON.parse(policy as string) as { Statement: { Action: string[]; Resource: string[] }[] }
    ).Statement.filter(({ Action }) => Action.includes('bedrock:ApplyGuardrail')).map(({ Resource }) => [
      name,
      Resource,
    ]),
  );

describe('a guardrail', () => {
  it('is none as shipped, and may not be applied', () => {
    const stack = stackOf();
    expect([drawn(stack), version(stack), applies(stack)]).toEqual([undefined, undefined, []]);
    expect(ASKING.map((name) => environment(stack, name).GUARDRAIL)).toEqual(['', '', '']);
  });

  it('is applied by what asks models, and by nobody else, in a version of it', () => {
    const stack = stackOf(WORDS);
    const arn = '${aws_bedrock_guardrail.assistant_guardrail.guardrail_arn}';
    expect(applies(stack)).toEqual(ASKING.map((name) => [`${name}_policy`, [arn]]));
    for (const name of ASKING) {
      expect(JSON.parse(environment(stack, name).GUARDRAIL ?? '')).toEqual({
        guardrailIdentifier: '${aws_bedrock_guardrail.assistant_guardrail.guardrail_id}',
        guardrailVersion: '${aws_bedrock_guardrail_version.assistant_guardrail_version.version}',
        outputMessage: messages.output,
      });
    }
  });

  it('says to AWS what it is to look for, and where', () => {
    const config: GuardrailConfig = {
      messages,
      topics: [{ name: 'Legal advice', definition: 'Advice on the law.', examples: ['May I sue?'] }],
      words: ['acme'],
      profanity: true,
      pii: [
        { type: 'CREDIT_DEBIT_CARD_NUMBER', input: 'block', output: 'anonymize' },
        { type: 'EMAIL', output: 'anonymize' },
      ],
      regexes: [{ name: 'order', pattern: 'ORD-\\d{4}', input: 'block' }],
      promptAttacks: 'HIGH',
    };
    expect(drawn(stackOf(config))).toMatchObject({
      blocked_input_messaging: messages.input,
      blocked_outputs_messaging: messages.output,
      topic_policy_config: [{ topics_config: [{ ...config.topics?.[0], type: 'DENY' }] }],
      word_policy_config: [
        { words_config: [{ text: 'acme' }], managed_word_lists_config: [{ type: 'PROFANITY' }] },
      ],
      sensitive_information_policy_config: [
        {
          pii_entities_config: [
            {
              type: 'CREDIT_DEBIT_CARD_NUMBER',
              action: 'ANONYMIZE',
              input_action: 'BLOCK',
              input_enabled: true,
              output_action: 'ANONYMIZE',
              output_enabled: true,
            },
            {
              type: 'EMAIL',
              action: 'ANONYMIZE',
              input_action: 'NONE',
              input_enabled: false,
              output_action: 'ANONYMIZE',
              output_enabled: true,
            },
          ],
          regexes_config: [
            { name: 'order', pattern: 'ORD-\\d{4}', input_action: 'BLOCK', output_enabled: false },
          ],
        },
      ],
      content_policy_config: [
        { filters_config: [{ type: 'PROMPT_ATTACK', input_strength: 'HIGH', output_strength: 'NONE' }] },
      ],
    });
  });

  it('names the tier of each policy that has one, so that a policy can be added to what is deployed', () => {
    const policies = drawn(
      stackOf({ ...WORDS, topics: [{ name: 'Law', definition: 'Advice.' }], promptAttacks: 'LOW' }),
    );
    const CLASSIC = [{ tier_config: [{ tier_name: 'CLASSIC' }] }];
    expect(policies).toMatchObject({ topic_policy_config: CLASSIC, content_policy_config: CLASSIC });
  });

  it('has another version with every change of it, and the same without', () => {
    const descriptions = [
      WORDS,
      { ...WORDS, words: ['acme', 'other'] },
      { ...WORDS, messages: { ...messages, input: 'No.' } },
      { ...WORDS, promptAttacks: 'LOW' },
    ].map((config) => version(stackOf(config))?.description);
    expect(new Set(descriptions).size).toBe(4);
    expect(version(stackOf(WORDS))).toMatchObject({ description: descriptions[0], skip_destroy: true });
    expect(drawn(stackOf(WORDS))?.lifecycle).toMatchObject({ create_before_destroy: true });
  });

  it('leaves what is said room in the environment of the function that streams', () => {
    const shipped = shippedConfig();
    const config = parseConfig({
      ...shipped,
      project: 'p'.repeat(31),
      maintenanceMessage: '-',
      guardrail: { ...WORDS, messages: { ...messages, output: '-' } },
      callers: { ...shipped.callers, limits: { tokensPerDay: 1_000_000_000_000 } },
      circuit: {
        ...{ failures: 1_000, failureRate: 1 / 3, minimumCalls: 20, windowSeconds: 3_600, goodProbes: 100 },
        ...{ openSeconds: 1 / 3, maxOpenSeconds: 2_000 / 3 },
      },
      budget: { totalMs: 28_000, primaryMs: 13_333, reserveMs: 1_000 },
      streaming: { maxSeconds: 840 },
      maxRetryAfterSeconds: 10,
      conversations: { retentionDays: 3_650, deletionProtection: true },
      modelConfigPollSeconds: 86_400,
      retryAfterSeconds: 3_600,
    });
    const stack = new RegionalStack(new App({ outdir: folder }), 'primary', { config, role: 'primary' });
    const variables = environment(JSON.parse(Testing.synth(stack)) as StackJson, 'assistant_chat');
    // Ids are of 7 characters in AppConfig and of 12 in Bedrock; a table's name is the longest that is referred to.
    const real = JSON.stringify(variables)
      .replace(/\$\{aws_dynamodb_table\.\w+\.name\}/g, `${config.project}-circuits`)
      .replace(/\$\{[^}]+\}/g, 'x'.repeat(12));
    expect(Buffer.byteLength(real)).toBeLessThan(1_080);
  });

  it('may say what is a template to Terraform', () => {
    const [guardrail] = [stackOf({ ...WORDS, messages: { input: 'a ${b} %{c}', output: '$$ ${d}' } })].map(
      drawn,
    );
    expect(guardrail).toMatchObject({
      blocked_input_messaging: 'a $${b} %%{c}',
      blocked_outputs_messaging: '$$ $${d}',
    });
  });
});

describe('what the configuration refuses of a guardrail', () => {
  const pii = (...kinds: readonly object[]) => ({ messages, pii: kinds });
  it.each<[string, object, string]>([
    ['nothing to look for', { messages }, 'guardrail.messages is'],
    ['no message', { words: ['acme'] }, 'guardrail.messages is missing'],
    [
      'a blank message',
      { ...WORDS, messages: { ...messages, input: ' ' } },
      'guardrail.messages.input is " "',
    ],
    [
      'an unknown key',
      { ...WORDS, topic: [] },
      'guardrail.topic is unknown; allowed: messages, topics, words',
    ],
    ['an empty list', { messages, words: [] }, 'guardrail.words is []; allowed: 1 to 10000 words'],
    [
      'an unknown kind of PII',
      pii({ type: 'SHOE_SIZE', input: 'block' }),
      'guardrail.pii.0.type is "SHOE_SIZE"',
    ],
    ['a kind without an action', pii({ type: 'EMAIL' }), 'guardrail.pii.0.input is missing'],
    ['an unknown action', pii({ type: 'EMAIL', input: 'mask' }), 'one of block, anonymize'],
    [
      'a kind twice',
      pii({ type: 'EMAIL', input: 'block' }, { type: 'EMAIL', output: 'block' }),
      'allowed: each type once',
    ],
    [
      'a pattern that looks around',
      { messages, regexes: [{ name: 'a', pattern: '(?=a)', input: 'block' }] },
      'guardrail.regexes.0.pattern is "(?=a)"; allowed: a regular expression without look-around',
    ],
    ...['(a)\\1', '(?<a>b)\\k<a>', '\\\\(a)\\1'].map((pattern): [string, object, string] => [
      `a pattern that refers back: ${pattern}`,
      { messages, regexes: [{ name: 'a', pattern, input: 'block' }] },
      'allowed: a regular expression without look-around and back-references',
    ]),
    [
      'a pattern that is none',
      { messages, regexes: [{ name: 'a', pattern: '(', input: 'block' }] },
      'guardrail.regexes.0.pattern is "("',
    ],
    ['a strength that AWS has not', { messages, promptAttacks: 'NONE' }, 'one of LOW, MEDIUM, HIGH'],
  ])('%s', (_, guardrail, message) => {
    expect(() => withGuardrail(guardrail)).toThrow(message);
  });

  it('messages that do not fit into a function’s environment, beside the degraded answer', () => {
    const saying = (letter: string) => ({
      ...shippedConfig(),
      maintenanceMessage: letter.repeat(1_000),
      guardrail: { ...WORDS, messages: { ...messages, output: letter.repeat(500) } },
    });
    for (const letter of ['a', 'é', 'я']) expect(parseConfig(saying(letter))).toBeDefined();
    expect(() => parseConfig(saying('日'))).toThrow(
      'a text that, with guardrail.messages.output, takes 3016 bytes of a function’s environment (they take 4508)',
    );
  });

  it('says it of whatever stands there, by its own error', () => {
    const junk = fc.anything({ maxDepth: 3 });
    const guardrail = fc.oneof(junk, fc.record({ messages: junk, words: junk, pii: junk, regexes: junk }));
    fc.assert(
      fc.property(guardrail, (value) => {
        fc.pre(value !== undefined);
        expect(() => withGuardrail(value as object)).toThrow(ConfigError);
      }),
    );
  });
});
