import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { modelWarnings } from '../../run/welcome';

/** A model server, as far as the start looks at it. */
async function withServer(status: number, body: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const LLAMA = JSON.stringify({ object: 'list', data: [{ id: 'llama3' }] });

describe('a model server', () => {
  it.each([
    ['that has the model', 200, LLAMA, 'llama3', []],
    ['that has another model', 200, LLAMA, 'qwen', [expect.stringMatching(/no model "qwen", but: llama3/)]],
    ['that lists no models', 404, 'not found', 'llama3', []],
  ])('%s', (_, status, body, model, warnings) =>
    withServer(status, body, async (url) => {
      expect(await modelWarnings({ kind: 'openai', url, model })).toEqual(warnings);
    }),
  );

  it('that does not run is told by its URL, with what to do', async () => {
    let gone = '';
    await withServer(200, '', (url) => Promise.resolve(void (gone = url)));
    expect(await modelWarnings({ kind: 'openai', url: gone, model: 'llama3' })).toEqual([
      expect.stringMatching(/No model server answers at http:.*ECONNREFUSED.*Start it, or correct --url/),
    ]);
  });
});

describe('real Bedrock', () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    };
  });
  afterEach(() => {
    process.env = { ...before };
  });

  it('is warned of where there are no credentials', async () => {
    expect(await modelWarnings({ kind: 'aws' })).toEqual([
      expect.stringMatching(/no AWS credentials.*Sign in/),
    ]);
  });

  it('is taken where there are', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' });
    expect(await modelWarnings({ kind: 'aws' })).toEqual([]);
  });
});
