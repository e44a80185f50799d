import fc from 'fast-check';
import { isBlank, MAX_QUESTION_CHARACTERS } from '../../contract/question';
import { isRefusal, parseRequest } from '../../lambdas/tier/parse-request';

const parse = (body: string) => parseRequest({ body, bodyTooLarge: false });
const question = (text: string) => JSON.stringify({ question: text });

describe('a request', () => {
  it.each([
    ['{"question":"Hi","type":"finance_deep"}', { question: 'Hi', type: 'finance_deep' }],
    ['{"question":"Hi"}', { question: 'Hi', type: 'general' }],
    [' {"question" : "Hi"}\n', { question: 'Hi', type: 'general' }],
    ['{"question":"Hi","type":"__proto__"}', { question: 'Hi', type: '__proto__' }],
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

  it('is read or refused, whatever the body is', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ question: value })),
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
