import fc from 'fast-check';
import { MAX_HISTORY_CHARACTERS, MAX_HISTORY_TURNS, type Turn } from '../../contract/conversation';
import { isBlank, MAX_QUESTION_CHARACTERS } from '../../contract/question';
import { isRefusal, parseRequest } from '../../lambdas/tier/parse-request';

const parse = (body: string) => parseRequest({ body, bodyTooLarge: false });
const question = (text: string) => JSON.stringify({ question: text });
const after = (history: unknown) => JSON.stringify({ question: 'Hi', history });
const user = (text: unknown) => ({ role: 'user', text });
const assistant = (text: unknown) => ({ role: 'assistant', text });
const turns = (count: number, text = 'x') =>
  Array.from({ length: count }, () => [user(text), assistant(text)]).flat();

describe('a request', () => {
  it.each([
    ['{"question":"Hi","type":"finance_deep"}', { question: 'Hi', type: 'finance_deep' }],
    ['{"question":"Hi"}', { question: 'Hi', type: 'general' }],
    [' {"question" : "Hi"}\n', { question: 'Hi', type: 'general' }],
    ['{"question":"Hi","type":"__proto__"}', { question: 'Hi', type: '__proto__' }],
    [after([]), { history: [] }],
    ['{"question":"Hi","conversation":"new"}', { conversation: 'new' }],
    ['{"question":"Hi","conversationId":"x"}', { conversation: { id: 'x' } }],
    [after(turns(1)), { history: [{ question: 'x', answer: 'x' }] }],
    [after(turns(MAX_HISTORY_TURNS, 'x'.repeat(MAX_HISTORY_CHARACTERS / MAX_HISTORY_TURNS / 2))), {}],
    [question('\u{1F600}'.repeat(MAX_QUESTION_CHARACTERS)), { type: 'general' }],
  ])('is read from %.60s', (body, expected) => {
    expect(parse(body)).toMatchObject(expected);
  });

  it.each([
    ['not JSON', 'nope', 'body'],
    ['empty', '', 'body'],
    ['trailing text', '{"question":"Hi"} and more', 'body'],
    ['an array', '[]', 'body'],
    ['null', 'null', 'body'],
    ['a string', '"Hi"', 'body'],
    ['no question', '{}', 'question'],
    ['an empty question', question(''), 'question'],
    ['a blank question', question(' \n\t\u3000'), 'question'],
    ['a question that Java and Python call blank', question('\u001C\u001D\u001E\u001F'), 'question'],
    ['a question without width', question('\u200B\u2060\uFEFF\u00AD\u3164\u2800'), 'question'],
    ['a question that is too long', question('x'.repeat(MAX_QUESTION_CHARACTERS + 1)), 'question'],
    ['a question of a wrong type', '{"question":["Hi"]}', 'question'],
    ['a null question', '{"question":null}', 'question'],
    ['half a surrogate pair', '{"question":"\\ud83d"}', 'question'],
    ['a type of a wrong type', '{"question":"Hi","type":7}', 'type'],
    ['a null type', '{"question":"Hi","type":null}', 'type'],
    ['an empty type', '{"question":"Hi","type":""}', 'type'],
    ['a malformed type', '{"question":"Hi","type":"a b"}', 'type'],
    ['a type that is too long', `{"question":"Hi","type":"${'x'.repeat(65)}"}`, 'type'],
    ['a history that is none', after({}), 'history'],
    ['a null history', after(null), 'history'],
    ['a history of too many turns', after(turns(MAX_HISTORY_TURNS + 1)), 'history'],
    ['a history that is too long', after(turns(2, 'x'.repeat(MAX_HISTORY_CHARACTERS / 4 + 1))), 'history'],
    ['a history of texts', after(['Hi', 'Hello']), 'history[0]'],
    ['a history that begins with an answer', after([assistant('x'), user('x')]), 'history[0].role'],
    ['a history with a question twice', after([user('x'), user('x')]), 'history[1].role'],
    ['a history with a foreign role', after([{ role: 'system', text: 'x' }]), 'history[0].role'],
    ['a history that ends with a question', after([...turns(1), user('x')]), 'history[2].role'],
    ['a history with a blank text', after([user('x'), assistant(' ')]), 'history[1].text'],
    ['a history without a text', after([user('x'), { role: 'assistant' }]), 'history[1].text'],
    ['a history with half a surrogate pair', after([user('\ud83d'), assistant('x')]), 'history[0].text'],
    ['a history with more in it', after([{ ...user('x'), name: 'y' }, assistant('x')]), 'history[0].name'],
    ['a conversation by its id', '{"question":"Hi","conversation":"x"}', 'conversation'],
    ['a null conversation', '{"question":"Hi","conversation":null}', 'conversation'],
    ['an id that is none', '{"question":"Hi","conversationId":7}', 'conversationId'],
    ['an old and a new one', '{"question":"Hi","conversation":"new","conversationId":"x"}', 'conversationId'],
    ['both its own and ours', '{"question":"Hi","history":[],"conversationId":"x"}', 'conversationId'],
    ['an unknown field', '{"question":"Hi","model":"mine"}', 'model'],
    ['an unknown field with a name of JavaScript’s own', '{"question":"Hi","__proto__":1}', '__proto__'],
  ])('with %s is refused with the field’s name', (_, body, field) => {
    expect(parse(body)).toMatchObject({ status: 400, error: { code: 'invalid_request', field } });
  });

  it('whose body was left out as too large is refused with 413', () => {
    expect(parseRequest({ body: '', bodyTooLarge: true })).toMatchObject({
      status: 413,
      error: { code: 'body_too_large' },
    });
  });

  it('keeps every character of the question', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (text) => {
        fc.pre(!isBlank(text));
        expect(parse(question(text))).toEqual({ question: text, type: 'general' });
      }),
    );
  });

  it('keeps every turn of a history, in its order', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }).filter((of) => !isBlank(of));
    const turn: fc.Arbitrary<Turn> = fc.record({ question: text, answer: text });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: MAX_HISTORY_TURNS }), (history) => {
        const sent = history.flatMap((of) => [user(of.question), assistant(of.answer)]);
        expect(parse(after(sent))).toEqual({ question: 'Hi', type: 'general', history });
      }),
    );
  });

  it('is read or refused, whatever the body is', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ question: value })),
      fc.jsonValue().map(after),
      fc.array(fc.jsonValue()).map(after),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const request = parse(body);
        if (isRefusal(request)) expect(request.error.message).not.toBe('');
        else expect(isBlank(request.question)).toBe(false);
      }),
    );
  });
});
