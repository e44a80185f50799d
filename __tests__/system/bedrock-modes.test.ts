import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startSystem } from '../support/local-system';

/** A server of the tester's own, which remembers what it was asked. */
async function serve(answer: (path: string) => object) {
  const paths: string[] = [];
  const server: Server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer(request.url ?? '')));
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
  }, 30_000);

  it('can be any endpoint that speaks Bedrock’s protocol; faults are then refused', async () => {
    const endpoint = await serve(() => ({
      output: { message: { role: 'assistant', content: [{ text: 'From the fake.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      metrics: { latencyMs: 1 },
    }));
    const running = await startSystem({}, { kind: 'endpoint', url: endpoint.url });
    try {
      expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ answer: 'From the fake.' });
      expect(endpoint.paths[0]).toMatch(/^\/model\/us\.anthropic\..*\/converse$/);
      expect((await running.send('control', 'POST', '/faults', FAULT)).status).toBe(409);
    } finally {
      await running.stop();
      endpoint.close();
    }
  }, 30_000);
});
