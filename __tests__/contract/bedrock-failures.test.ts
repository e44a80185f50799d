import fc from 'fast-check';
import { classifyFailure, isStreamingRefused } from '../../contract/bedrock-failures';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { exception, THROWN, VALIDATIONS } from '../lambdas/failures';

describe('what the SDK throws', () => {
  it.each(THROWN)('is %s: %s', (expected, _, error) => {
    expect(classifyFailure(error)).toBe(expected);
  });

  it('is read by its type, not by its status: an exception in a stream comes after a 200', () => {
    const inStream = Object.assign(exception('ThrottlingException'), {
      $metadata: { httpStatusCode: 200 },
      $response: { statusCode: 200 },
    });
    expect(classifyFailure(inStream)).toBe('throttled');
  });

  it.each([
    ['The model is unsupported for streaming', true],
    ["This model doesn't support the ConverseStream operation.", true],
    ['The model returned the following errors: The model is unsupported for streaming.', true],
    ["This model doesn't support the system field.", false],
    ['Streaming went wrong.', false],
  ])('says that a model does not stream by %p: %s', (message, expected) => {
    expect(isStreamingRefused(exception('ValidationException', message))).toBe(expected);
    expect(isStreamingRefused(exception('ThrottlingException', message))).toBe(false);
  });

  it('never counts for the part of the request that is the caller’s, in whatever wording of what is not supported', () => {
    const part = fc.constantFrom(
      ...[
        'messages',
        'messages.0.content',
        'messages.0.content.0.text',
        '`messages`',
        'content',
        '`content`',
        'prompt',
        'conversation',
        'history',
        'turns',
        'multi-turn',
        'role',
        'assistant',
        'guardContent',
      ],
    );
    const wordings = VALIDATIONS.filter(([failure]) => failure === 'misconfigured').map(
      ([, wording]) => wording,
    );
    const ours =
      /`?temperature`?|`?top_p`?|the system field|system messages|top_k|#\/max_tokens|"?thinking\.type\.enabled"?/g;
    fc.assert(
      fc.property(
        fc.constantFrom(...wordings.filter((wording) => wording.search(ours) >= 0)),
        part,
        (wording, name) => {
          const error = exception('ValidationException', wording.replace(ours, name));
          expect(classifyFailure(error)).toBe('request_rejected');
        },
      ),
    );
  });

  it('never counts for what a caller wrote and the message quotes', () => {
    const wordings = fc.oneof(
      fc.constantFrom(...VALIDATIONS.map(([, wording]) => wording)),
      fc.constant('The model is unsupported for streaming'),
      fc.string(),
    );
    const question = fc
      .tuple(fc.string({ maxLength: 5 }), wordings, fc.string())
      .map((parts) => parts.join(''));
    const quoted = fc.constantFrom<readonly [string, string]>(
      ['The model returned the following errors: {"error":{"message":"text ', '"}}'],
      [
        "1 validation error detected: Value '",
        "' at 'messages.1.member.content' failed to satisfy constraint",
      ],
      ['Malformed input request: "', '", please reformat your input and try again.'],
      ['The model returned the following errors: text “', '” is invalid'],
      ['The text field in the ContentBlock object at messages.0.content.0 is: ', ''],
    );
    fc.assert(
      fc.property(quoted, question, ([before, after], text) => {
        const error = exception('ValidationException', `${before}${text}${after}`);
        expect(REACTIONS[classifyFailure(error)].counts).not.toBe('bad');
        expect(isStreamingRefused(error)).toBe(false);
      }),
    );
  });
});
