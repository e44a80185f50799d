import { classifyFailure, isStreamingRefused } from '../../contract/bedrock-failures';
import { exception, THROWN } from '../lambdas/failures';

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
    ["This model doesn't support the system field.", false],
    ['Streaming went wrong.', false],
  ])('says that a model does not stream by %p: %s', (message, expected) => {
    expect(isStreamingRefused(exception('ValidationException', message))).toBe(expected);
    expect(isStreamingRefused(exception('ThrottlingException', message))).toBe(false);
  });
});
