import { describeError, isTransient } from '../../command/errors';

const error = (name: string, more: object = {}) => Object.assign(new Error('its message'), { name, ...more });

test.each([
  [error('ThrottlingException', { $metadata: { httpStatusCode: 429 } }), true],
  [error('SlowDown', { $metadata: { httpStatusCode: 503 } }), true],
  [error('InternalServerException', { $metadata: { httpStatusCode: 500 } }), true],
  [error('TimeoutError'), true],
  [error('Error', { code: 'ECONNREFUSED' }), true],
  [error('AccessDeniedException', { $metadata: { httpStatusCode: 403 } }), false],
  [error('ExpiredTokenException', { $metadata: { httpStatusCode: 400 } }), false],
  [error('TypeError'), false],
  ['a text', false],
])('%s may go well later: %s', (thrown, expected) => {
  expect(isTransient(thrown)).toBe(expected);
});

test.each([
  [error('ExpiredTokenException'), 'aws sso login'],
  [error('AccessDeniedException', { $metadata: {} }), 'this permission'],
  [error('ThrottlingException'), 'run the command again'],
  [error('ValidationException', { $metadata: { httpStatusCode: 400 } }), 'ValidationException: its message'],
  [error('Error'), 'its message'],
  ['a text', 'a text'],
])('%s is described with "%s"', (thrown, words) => {
  expect(describeError(thrown)).toContain(words);
});
