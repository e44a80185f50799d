import { ApiMappings, type BackendResponse, readStack } from '@assistant/emulator/run';
import { letIn } from '../support/local-system';
import { synthesize } from '../support/synthesize';

const SECRET = 'at handler (/var/task/index.js:1:2)';

describe('the synthesized API, whatever the state machine answers', () => {
  const app = synthesize();
  const { resources } = readStack(app.directory, 'primary');
  afterAll(app.remove);

  /** Asks a question of an API whose state machine answers so. */
  async function ask(backend: BackendResponse | Error) {
    const api = new ApiMappings({
      resources,
      authorize: letIn(resources),
      actions: {
        'states:action/StartSyncExecution': () =>
          backend instanceof Error ? Promise.reject(backend) : Promise.resolve(backend),
        'dynamodb:action/GetItem': () => Promise.resolve({ status: 200, body: '{}' }),
      },
      createIds: () => ({ requestId: 'the-caller-s', extendedRequestId: 'the-request' }),
      log: () => undefined,
    });
    return api.handle({
      method: 'POST',
      path: '/',
      query: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"question":"Hi?"}'),
    });
  }
  const execution = (values: object) => ({
    status: 200,
    body: JSON.stringify({ cause: SECRET, error: 'E', ...values }),
  });

  it.each([
    ['a failed execution', execution({ status: 'FAILED' }), 500, 'internal_error'],
    ['an execution that timed out', execution({ status: 'TIMED_OUT' }), 504, 'timeout'],
    [
      'a throttled start',
      { status: 400, body: `{"__type":"ThrottlingException","message":"${SECRET}"}` },
      503,
      'service_unavailable',
    ],
    ['a failing start', { status: 500, body: SECRET }, 503, 'service_unavailable'],
    ['no answer', new Error(SECRET), 503, 'service_unavailable'],
    ['an output that is none', execution({ status: 'SUCCEEDED', output: SECRET }), 500, 'internal_error'],
    ['an answer that is none', { status: 200, body: SECRET }, 500, 'internal_error'],
  ])('maps %s to the API’s own error', async (_, backend, status, code) => {
    const response = await ask(backend);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toEqual({
      error: { code, message: expect.any(String) as unknown },
      requestId: 'the-request',
    });
    expect(Object.keys(response.headers).map((name) => name.toLowerCase())).toContain('retry-after');
    expect(response.body).not.toContain('handler');
  });

  it('sends what an execution says, with its status and Retry-After', async () => {
    const output = JSON.stringify({ status: 413, body: '{"a":"b \\"c\\" $x #if"}', retryAfter: 7 });
    const response = await ask(execution({ status: 'SUCCEEDED', output }));
    expect(response.status).toBe(413);
    expect(JSON.parse(response.body)).toEqual({ a: 'b "c" $x #if' });
    expect(new Headers(response.headers).get('retry-after')).toBe('7');
  });
});
