import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Question } from '../../../services/bedrock-runtime/answerer';
import { parseConverseRequest } from '../../../services/bedrock-runtime/converse-request';
import { openAiCompatible } from '../../../services/bedrock-runtime/open-ai-compatible';
import { ask } from './fixture';

const question = (body: object = {}): Question => ({
  ...parseConverseRequest({ ...ask('Where?'), ...body }),
  modelId: 'm',
  region: 'us-east-1',
});
const patient = new AbortController().signal;

describe('an OpenAI-compatible model server', () => {
  let server: Server | undefined;
  const received: unknown[] = [];

  async function serve(status: number, body: string): Promise<string> {
    received.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push(request.url, JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(status).end(body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  afterEach(async () => {
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    server = undefined;
  });

  const completion = (finish_reason: string | null, content: string | null = 'There.') =>
    JSON.stringify({
      choices: [{ message: { role: 'assistant', content }, finish_reason }],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    });

  it('is asked in its own terms', async () => {
    const answer = openAiCompatible({ url: `${await serve(200, completion('stop'))}/`, model: 'llama' });
    const asked = question({
      system: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
      inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ['#'] },
    });
    expect(await answer(asked, patient)).toEqual({
      text: 'There.',
      stopReason: 'end_turn',
      inputTokens: 7,
      outputTokens: 2,
    });
    expect(received).toEqual([
      '/v1/chat/completions',
      {
        model: 'llama',
        messages: [
          { role: 'system', content: 'Be brief.\nBe kind.' },
          { role: 'user', content: 'Where?' },
        ],
        max_tokens: 9,
        temperature: 0.5,
        top_p: 0.9,
        stop: ['#'],
      },
    ]);
  });

  it('is not sent what nobody set', async () => {
    await openAiCompatible({ url: await serve(200, completion('stop')), model: 'llama' })(
      question(),
      patient,
    );
    expect(received[1]).toEqual({ model: 'llama', messages: [{ role: 'user', content: 'Where?' }] });
  });

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'content_filtered'],
    ['something_new', 'end_turn'],
    [null, 'end_turn'],
  ])('stops for %s, which is %s', async (finishReason, stopReason) => {
    const answer = openAiCompatible({ url: await serve(200, completion(finishReason)), model: 'llama' });
    expect(await answer(question(), patient)).toMatchObject({ stopReason });
  });

  it('may say nothing', async () => {
    const answer = openAiCompatible({ url: await serve(200, completion('stop', null)), model: 'llama' });
    expect(await answer(question(), patient)).toMatchObject({ text: '' });
  });

  it.each([
    ['HTTP 404: no such model', 404, 'no such model'],
    ['choices', 200, '{}'],
    ['JSON', 200, '<html>'],
  ])('fails as Bedrock does, with what to check: %s', async (reason, status, body) => {
    const url = await serve(status, body);
    const failure = openAiCompatible({ url, model: 'llama' })(question(), patient);
    await expect(failure).rejects.toMatchObject({ status: 503, type: 'ServiceUnavailableException' });
    for (const part of [reason, url, '"llama"']) await expect(failure).rejects.toThrow(part);
  });

  it('that is not running is named', async () => {
    const url = await serve(200, '');
    server?.close();
    server = undefined;
    await expect(openAiCompatible({ url, model: 'llama' })(question(), patient)).rejects.toThrow(
      'ECONNREFUSED',
    );
  });

  it('is let go once nobody waits', async () => {
    const answer = openAiCompatible({ url: await serve(200, completion('stop')), model: 'llama' });
    await expect(answer(question(), AbortSignal.abort())).rejects.toMatchObject({ status: 503 });
    expect(received).toEqual([]);
  });
});
