import { EventEmitter, once } from 'node:events';
import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { standIn } from '../../../services/bedrock-runtime/answerer';
import { CallLog } from '../../../services/bedrock-runtime/bedrock';
import { HAIKU, Rig } from './fixture';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

describe('Converse over the real protocol', () => {
  it("answers in Converse's shape", async () => {
    rig = await Rig.start();
    const { $metadata, ...output } = await rig.converse();
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const text = `[stand-in for ${HAIKU} in us-east-1; no model was called] You asked: Where is my parcel?`;
    const inputTokens = 5;
    const outputTokens = Math.ceil(text.length / 4);
    expect(output).toEqual({
      output: { message: { role: 'assistant', content: [{ text }] } },
      stopReason: 'end_turn',
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
      metrics: { latencyMs: expect.any(Number) as number },
    });
  });

  it('takes an ARN, whose slashes and colons are encoded', async () => {
    rig = await Rig.start();
    const modelId = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${HAIKU}`;
    expect((await rig.converse({ modelId })).stopReason).toBe('end_turn');
    expect(rig.bedrock.calls().byModel).toEqual({ [modelId]: 1 });
  });

  it('has no content block for a model that says nothing', async () => {
    rig = await Rig.start({ answer: () => Promise.resolve({ text: '' }) });
    expect((await rig.converse()).output?.message?.content).toEqual([]);
  });

  it('lets the answerer know that nobody waits any more', async () => {
    const caller = new AbortController();
    const events = new EventEmitter();
    const letGo = once(events, 'let go');
    rig = await Rig.start({
      answer: (_, signal) => {
        signal.addEventListener('abort', () => events.emit('let go', 'aborted'));
        caller.abort();
        return new Promise(() => undefined);
      },
    });
    await expect(rig.converse({}, caller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await letGo).toEqual(['aborted']);
  });

  it.each([
    ['GET', `/model/${HAIKU}/converse`],
    ['POST', `/model/${HAIKU}/invoke`],
    ['POST', `/model/${HAIKU}/toString`],
    ['POST', '/'],
  ])('knows no operation at %s %s', async (method, path) => {
    rig = await Rig.start();
    expect((await fetch(rig.url + path, { method })).headers.get('x-amzn-errortype')).toBe(
      'UnknownOperationException',
    );
  });

  it('refuses a body of more than 20 MB', async () => {
    rig = await Rig.start();
    const body = 'x'.repeat(20 * 1024 * 1024 + 1);
    expect((await fetch(`${rig.url}/model/${HAIKU}/converse`, { method: 'POST', body })).status).toBe(413);
  });
});

describe('an injected fault', () => {
  it.each([
    ['error', sdk.InternalServerException, 500],
    ['throttle', sdk.ThrottlingException, 429],
    ['unavailable', sdk.ServiceUnavailableException, 503],
    ['eol', sdk.ResourceNotFoundException, 404],
    ['denied', sdk.AccessDeniedException, 403],
    ['validation', sdk.ValidationException, 400],
  ])('of mode %s is the exception that AWS gives', async (mode, Exception, httpStatusCode) => {
    rig = await Rig.start();
    rig.faults.add({ region: 'both', target: 'bedrock', mode });
    const failure = rig.converse();
    await expect(failure).rejects.toBeInstanceOf(Exception);
    await expect(failure).rejects.toMatchObject({ $metadata: { httpStatusCode } });
  });

  it('reads like a real end of life', async () => {
    rig = await Rig.start();
    rig.faults.add({ region: 'both', target: 'bedrock', mode: 'eol' });
    await expect(rig.converse()).rejects.toThrow('has reached the end of its life');
  });

  it('of mode reset resets the connection', async () => {
    rig = await Rig.start();
    rig.faults.add({ region: 'both', target: 'bedrock', mode: 'reset' });
    await expect(rig.converse()).rejects.toThrow('ECONNRESET');
  });

  it('of mode timeout never answers', async () => {
    rig = await Rig.start();
    rig.faults.add({ region: 'both', target: 'bedrock', mode: 'timeout' });
    await expect(rig.converse({}, AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('of mode slow answers later', async () => {
    rig = await Rig.start();
    rig.faults.add({ region: 'both', target: 'bedrock', mode: 'slow', ms: 80 });
    const startedAt = performance.now();
    expect((await rig.converse()).stopReason).toBe('end_turn');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79);
  });

  it('leaves the other region and other models alone', async () => {
    rig = await Rig.start();
    rig.faults.add({ region: 'secondary', target: 'bedrock', mode: 'error' });
    rig.faults.add({
      region: 'primary',
      target: 'bedrock',
      model: 'us.amazon.nova-2-lite-v1:0',
      mode: 'error',
    });
    expect((await rig.converse()).stopReason).toBe('end_turn');
  });
});

describe('who may converse', () => {
  it('must sign for this region', async () => {
    rig = await Rig.start({}, 'us-west-2');
    await expect(rig.converse()).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('Credential should be scoped to a valid region') as string,
    });
    expect(rig.bedrock.calls().last).toEqual([]);
  });

  it('must sign at all', async () => {
    rig = await Rig.start();
    const response = await fetch(`${rig.url}/model/${HAIKU}/converse`, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toEqual([
      403,
      { message: 'Missing Authentication Token' },
    ]);
  });

  it('must be allowed to', async () => {
    rig = await Rig.start({
      authorize: (accessKeyId, modelId) => {
        throw Object.assign(new Error(`${accessKeyId} may not invoke ${modelId}`), { name: 'AccessDenied' });
      },
    });
    const failure = rig.converse();
    await expect(failure).rejects.toBeInstanceOf(sdk.AccessDeniedException);
    await expect(failure).rejects.toThrow(`AKIAROUTER may not invoke ${HAIKU}`);
  });
});

describe('the calls', () => {
  it('are counted by model, whatever became of them', async () => {
    rig = await Rig.start({ answer: standIn });
    rig.faults.add({ region: 'both', target: 'bedrock', model: 'us.amazon.nova-2-lite-v1:0', mode: 'error' });
    await rig.converse();
    await expect(rig.converse({ modelId: 'us.amazon.nova-2-lite-v1:0' })).rejects.toThrow();
    await rig.converse();
    const { byModel, last } = rig.bedrock.calls();
    expect(byModel).toEqual({ [HAIKU]: 2, 'us.amazon.nova-2-lite-v1:0': 1 });
    expect(last).toHaveLength(3);
    expect(last[0]).toMatchObject({
      modelId: HAIKU,
      caller: 'AKIAROUTER',
      request: { messages: [{ role: 'user' }] },
    });
  });
});

describe('CallLog', () => {
  it('remembers the last 50 calls and counts all', () => {
    const log = new CallLog();
    for (let at = 1; at <= 51; at += 1) log.record({ at, modelId: 'm', caller: 'c', request: {} });
    const { byModel, last } = log.calls();
    expect([byModel.m, last.length, last[0]?.at, last.at(-1)?.at]).toEqual([51, 50, 2, 51]);
  });
});
