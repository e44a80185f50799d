import {
  inputTokens,
  parseConverseRequest,
  requireModelAccepts,
} from '../../../services/bedrock-runtime/converse-request';
import type { FoundationModel } from '../../../services/bedrock-runtime/foundation-models';
import { ask } from './fixture';

const user = (text: string) => ({ role: 'user', content: [{ text }] });
const assistant = (text: string) => ({ role: 'assistant', content: [{ text }] });

describe('a valid request', () => {
  it.each([
    [ask('hi')],
    [{ messages: [user('a'), assistant('b'), user('c')] }],
    [{ ...ask('hi'), system: [{ text: 'Be brief.' }] }],
    [{ ...ask('hi'), inferenceConfig: { temperature: 0, topP: 1, maxTokens: 1, stopSequences: ['.'] } }],
    [{ ...ask('hi'), inferenceConfig: { stopSequences: Array(2500).fill('x') } }],
    [{ ...ask('hi'), requestMetadata: { team: 'support' } }],
  ])('%j', (body) => {
    expect(parseConverseRequest(body)).toMatchObject(body);
  });
});

describe('a request that Bedrock refuses', () => {
  it.each([
    ['no messages', {}, 'A conversation must start with a user message.'],
    ['empty messages', { messages: [] }, 'A conversation must start with a user message.'],
    ['the assistant first', { messages: [assistant('a')] }, 'A conversation must start with a user message.'],
    [
      'the same role twice',
      { messages: [user('a'), user('b')] },
      'must alternate between user and assistant roles',
    ],
    ['another role', { messages: [{ role: 'system', content: [] }] }, 'enum value set: [user, assistant]'],
    [
      'no content',
      { messages: [{ role: 'user', content: [] }] },
      'The content field in the Message object at messages.0 is empty.',
    ],
    ['blank text', ask(' \n'), 'The text field in the ContentBlock object at messages.0.content.0 is blank.'],
    [
      'blank system text',
      { ...ask('a'), system: [{ text: '' }] },
      'SystemContentBlock object at system.0 is blank',
    ],
    [
      'text that is a number',
      { messages: [{ role: 'user', content: [{ text: 5 }] }] },
      'messages.0.content.0.text',
    ],
    [
      'a hot temperature',
      { ...ask('a'), inferenceConfig: { temperature: 1.5 } },
      "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
    ],
    [
      'a cold temperature',
      { ...ask('a'), inferenceConfig: { temperature: -0.1 } },
      'greater than or equal to 0',
    ],
    ['a high topP', { ...ask('a'), inferenceConfig: { topP: 1.1 } }, "'inferenceConfig.topP'"],
    ['a negative topP', { ...ask('a'), inferenceConfig: { topP: -1 } }, "'inferenceConfig.topP'"],
    ['no tokens', { ...ask('a'), inferenceConfig: { maxTokens: 0 } }, 'value greater than or equal to 1'],
    ['half a token', { ...ask('a'), inferenceConfig: { maxTokens: 1.5 } }, "'inferenceConfig.maxTokens'"],
    [
      'too many stop sequences',
      { ...ask('a'), inferenceConfig: { stopSequences: Array(2501).fill('x') } },
      'length less than or equal to 2500',
    ],
    [
      'an empty stop sequence',
      { ...ask('a'), inferenceConfig: { stopSequences: [''] } },
      'greater than or equal to 1',
    ],
    ['a member it does not know', { ...ask('a'), temprature: 1 }, "Unknown member temprature at 'request'"],
    ['something else', 'hello', "at 'request'"],
  ])('%s', (_, body, message) => {
    expect(() => parseConverseRequest(body)).toThrow(
      expect.objectContaining({
        status: 400,
        type: 'ValidationException',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('has all its violations counted', () => {
    const body = { ...ask('a'), inferenceConfig: { temperature: 2, topP: 2 } };
    expect(() => parseConverseRequest(body)).toThrow('2 validation errors detected');
  });
});

describe('a request that only AWS can serve', () => {
  it.each([
    [{ ...ask('a'), toolConfig: { tools: [] } }, 'toolConfig'],
    [{ ...ask('a'), performanceConfig: {} }, 'performanceConfig'],
    [{ messages: [{ role: 'user', content: [{ text: 'a' }, { image: {} }] }] }, 'image'],
  ])('says so: %j', (body, what) => {
    expect(() => parseConverseRequest(body)).toThrow(
      expect.objectContaining({ status: 501, message: expect.stringContaining(what) as string }) as Error,
    );
  });
});

describe('what one model refuses', () => {
  const model: FoundationModel = { id: 'x.y', name: 'Y', onDemand: [], profiles: [] };
  const check = (changes: Partial<FoundationModel>, body: unknown) => () => {
    requireModelAccepts({ ...model, ...changes }, parseConverseRequest(body));
  };

  it.each<[string, Partial<FoundationModel>, unknown, string]>([
    [
      'a system prompt',
      { refuses: ['system'] },
      { ...ask('a'), system: [{ text: 'b' }] },
      "This model doesn't support system messages.",
    ],
    [
      'temperature',
      { refuses: ['temperature'] },
      { ...ask('a'), inferenceConfig: { temperature: 0 } },
      '`temperature` is deprecated for this model.',
    ],
    ['topP', { refuses: ['topP'] }, { ...ask('a'), inferenceConfig: { topP: 0 } }, '`top_p` is deprecated'],
    [
      'temperature with topP',
      { refuses: ['temperatureWithTopP'] },
      { ...ask('a'), inferenceConfig: { temperature: 0, topP: 0 } },
      'cannot both be specified',
    ],
    [
      'more tokens than it can give',
      { outputTokens: 3000 },
      { ...ask('a'), inferenceConfig: { maxTokens: 3001 } },
      'The maximum tokens you requested exceeds the model limit of 3000.',
    ],
    ['a long input', { contextTokens: 2 }, ask('123456789'), 'Input is too long for requested model.'],
    ['200,001 tokens by default', {}, ask('x'.repeat(800_001)), 'Input is too long for requested model.'],
  ])('%s', (_, changes, body, message) => {
    expect(check(changes, body)).toThrow(
      expect.objectContaining({
        type: 'ValidationException',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it.each<[string, Partial<FoundationModel>, unknown]>([
    ['topP alone', { refuses: ['temperatureWithTopP'] }, { ...ask('a'), inferenceConfig: { topP: 0 } }],
    ['the most tokens', { outputTokens: 3000 }, { ...ask('a'), inferenceConfig: { maxTokens: 3000 } }],
    ['the longest input', { contextTokens: 2 }, ask('12345678')],
    ['200,000 tokens by default', {}, ask('x'.repeat(800_000))],
  ])('accepts %s', (_, changes, body) => {
    expect(check(changes, body)).not.toThrow();
  });

  it('counts the system prompt and every message', () => {
    const body = { messages: [user('1234'), assistant('12345'), user('1')], system: [{ text: '1234' }] };
    expect(inputTokens(parseConverseRequest(body))).toBe(1 + 2 + 1 + 1);
  });
});
