import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startSystem } from '../support/local-system';

/** A server of the tester's own, which remembers what it was asked. */
async function serve(answer: (path: string) => object, statusOf: (path: string) => number = () => 200) {
  const paths: string[] = [];
  const server: Server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => {
      const path = request.url ?? '';
      response.writeHead(statusOf(path), { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer(path)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const FAULT = JSON.stringify({ region: 'both', target: 'bedrock', mode: 'error' });

describe('who answers for the models', () => {
  it('can be an OpenAI-compatible server, into whose calls faults can still be put', async () => {
    const openai = await serve(() => ({
      choices: [{ message: { role: 'assistant', content: 'A real answer.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    }));
    const running = await startSystem({}, { kind: 'openai', url: `${openai.url}/v1`, model: 'local' });
    try {
      expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({
        answer: 'A real answer.',
        tier: 'primary',
        usage: { inputTokens: 3, outputTokens: 4 },
      });
      expect(openai.paths).toEqual(['/v1/chat/completions']);
      openai.close();
      expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'degraded' });
      expect(running.logs).toContainEqual(
        expect.stringMatching(
          /^primary bedrock The local model server at .*ECONNREFUSED.*Check that it runs/,
        ),
      );
      expect((await running.send('control', 'POST', '/faults', FAULT)).status).toBe(201);
    } finally {
      await running.stop();
      openai.close();
    }
  });

  it('can be any endpoint that speaks Bedrock’s protocol, streaming or not; faults are then refused', async () => {
    const isStream = (path: string) => path.endsWith('/converse-stream');
    const answer = {
      output: { message: { role: 'assistant', content: [{ text: 'From the fake.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      metrics: { latencyMs: 1 },
    };
    const refusal = { __type: 'ValidationException', message: 'The model is unsupported for streaming' };
    const endpoint = await serve(
      (path) => (isStream(path) ? refusal : answer),
      (path) => (isStream(path) ? 400 : 200),
    );
    const running = await startSystem({}, { kind: 'endpoint', url: endpoint.url });
    try {
      expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ answer: 'From the fake.' });
      expect(endpoint.paths).toEqual([
        expect.stringMatching(/^\/model\/us\.anthropic\..*\/converse-stream$/),
        expect.stringMatching(/^\/model\/us\.anthropic\..*\/converse$/),
      ]);
      expect((await running.send('control', 'POST', '/faults', FAULT)).status).toBe(409);
    } finally {
      await running.stop();
      endpoint.close();
    }
  });
});
