import type { FinishReason } from '../../../contract/openai';
import { finishReason, StreamedAnswer, WholeAnswer, type Ending } from '../../../lambdas/openai/write-answer';
import { STOP_REASONS } from '../../../lambdas/tier/reactions';
import { keep, readChunks } from './kept-response';

const ENDING: Ending = {
  model: 'm',
  usage: { inputTokens: 7, outputTokens: 3 },
  assistant: {
    tier: 'primary',
    degraded: false,
    region: 'us-east-1',
    requestId: '1',
    stopReason: 'end_turn',
  },
};
const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const HEAD = { id: 'chatcmpl-1', created: expect.any(Number) as number };
const HEADERS = { 'x-assistant-tier': 'primary' };

/** A stream's events as a client reads them. */
function streamed(write: (answer: StreamedAnswer) => void, includeUsage = false) {
  const { kept, response } = keep();
  const answer = new StreamedAnswer(response, '1', includeUsage);
  write(answer);
  answer.close();
  return { ...kept, events: readChunks(kept.text) };
}

describe('a finish reason', () => {
  const WHOLE: readonly (string | null)[] = ['end_turn', 'stop_sequence', null];
  const FILTERED: readonly (string | null)[] = ['content_filtered', 'guardrail_intervened', 'refusal'];
  const expected = (reason: string | null): FinishReason =>
    WHOLE.includes(reason) ? 'stop' : FILTERED.includes(reason) ? 'content_filter' : 'length';

  it.each([...Object.keys(STOP_REASONS), null, 'one of tomorrow'])(
    'says of %s whether the answer is whole',
    (reason) => {
      expect(finishReason(reason)).toBe(expected(reason));
    },
  );
});

it('a whole answer has its text, its usage and what the protocol has no word for', () => {
  const { kept, response } = keep();
  const answer = new WholeAnswer(response, '1');
  answer.say('m', 'What is void.');
  answer.restart();
  answer.say('m', 'Hel');
  answer.say('m', 'lo.');
  expect(kept.status).toBe(0);
  answer.end(ENDING, HEADERS);
  expect(kept).toMatchObject({ status: 200, headers: HEADERS });
  expect(JSON.parse(kept.text)).toEqual({
    ...HEAD,
    object: 'chat.completion',
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello.', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: USAGE,
    assistant: ENDING.assistant,
  });
});

describe('a streamed answer', () => {
  const chunk = (delta: object, more: object = {}) => ({
    ...HEAD,
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
    ...more,
  });
  const ended = (reason: FinishReason, assistant = ENDING.assistant) =>
    chunk({}, { choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: reason }], assistant });

  it('begins with its headers and the role, once, and ends with its reason and [DONE]', () => {
    const { status, headers, events } = streamed((answer) => {
      void answer.say('m', 'Hel', HEADERS);
      void answer.say('m', 'lo.', HEADERS);
      answer.end(ENDING);
    });
    expect([status, headers]).toEqual([200, expect.objectContaining(HEADERS)]);
    expect(headers['Content-Type']).toBe('text/event-stream');
    expect(events).toEqual([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo.' }),
      ended('stop'),
      '[DONE]',
    ]);
  });

  it('ends with its usage, in a chunk without a choice, where it is asked for', () => {
    const { events } = streamed((answer) => {
      void answer.say('m', 'Hello.', HEADERS);
      answer.end(ENDING);
    }, true);
    expect(events).toEqual([
      chunk({ role: 'assistant', content: '' }, { usage: null }),
      chunk({ content: 'Hello.' }, { usage: null }),
      { ...ended('stop'), usage: null },
      { ...chunk({}), choices: [], usage: USAGE },
      '[DONE]',
    ]);
  });

  it('that a filter has stopped says so, and nothing more', () => {
    const stopped = { ...ENDING.assistant, stopReason: 'guardrail_intervened' };
    const { events } = streamed((answer) => {
      void answer.say('m', 'Hel', HEADERS);
      answer.restart();
      void answer.say('m', 'Not said here.', HEADERS);
      answer.end({ ...ENDING, assistant: stopped });
    });
    expect(events.slice(1)).toEqual([chunk({ content: 'Hel' }), ended('content_filter', stopped), '[DONE]']);
  });

  it('that another is to take the place of ends with an error, and without [DONE]', () => {
    const { events } = streamed((answer) => {
      void answer.say('m', 'Hel', HEADERS);
      answer.restart();
      void answer.say('n', 'Another answer.', HEADERS);
      answer.end({ ...ENDING, model: 'n' });
    });
    const error = expect.objectContaining({ code: 'answer_interrupted' }) as unknown;
    expect(events.slice(1)).toEqual([chunk({ content: 'Hel' }), { error }]);
  });

  it('keeps a text whole, whatever is in it', () => {
    const text = 'a\n\ndata: [DONE]\n\n"\u2028\u{1F600}';
    const { events } = streamed((answer) => void answer.say('m', text, HEADERS));
    expect(events[1]).toEqual(chunk({ content: text }));
  });
});
