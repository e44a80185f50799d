import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalSystem } from '../../run/system';
import { modelWarnings, regionWarnings } from '../../run/welcome';

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

describe('an endpoint that speaks Bedrock’s protocol', () => {
  it('that answers, whatever it says, is taken', () =>
    withServer(403, 'who are you?', async (url) => {
      expect(await modelWarnings({ kind: 'endpoint', url })).toEqual([]);
    }));

  it('that takes a connection and says nothing is not waited for', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    expect(await modelWarnings({ kind: 'endpoint', url }, 100)).toEqual([
      expect.stringMatching(/No Bedrock answers.*timeout/),
    ]);
    silent.closeAllConnections();
    silent.close();
  });

  it('that does not run is told by its URL, with what to do', async () => {
    let gone = '';
    await withServer(200, '', (url) => Promise.resolve(void (gone = url)));
    expect(await modelWarnings({ kind: 'endpoint', url: gone })).toEqual([
      expect.stringMatching(/No Bedrock answers at http:.*ECONNREFUSED.*AWS_ENDPOINT_URL_BEDROCK_RUNTIME/),
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

  it('is warned of where they come from elsewhere, and do not come: the start does not wait', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
    process.env.AWS_CONFIG_FILE = join(folder, 'config');
    writeFileSync(process.env.AWS_CONFIG_FILE, '[default]\ncredential_process = sleep 2\n');
    expect(await modelWarnings({ kind: 'aws' }, 100)).toEqual([
      expect.stringMatching(/no AWS credentials.*in time.*Sign in/),
    ]);
    rmSync(folder, { recursive: true });
  });

  it('is taken by an API key of Bedrock’s, with which it is asked', async () => {
    process.env.AWS_BEARER_TOKEN_BEDROCK = 'key';
    expect(await modelWarnings({ kind: 'aws' })).toEqual([]);
  });

  it('is warned of in each region in which it does not answer', async () => {
    const regions = ['us-east-1', 'us-west-2'].map((region) => ({ stack: { region } }));
    const asked = jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation((url) =>
        url === 'https://bedrock-runtime.us-west-2.amazonaws.com'
          ? Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }))
          : Promise.resolve(new Response('', { status: 404 })),
      );
    const warnings = await regionWarnings({ kind: 'aws' }, regions as unknown as LocalSystem['regions']);
    asked.mockRestore();
    expect(warnings).toEqual([
      'No Bedrock answers at https://bedrock-runtime.us-west-2.amazonaws.com (getaddrinfo ENOTFOUND). ' +
        'Connect this machine to it, or start with other models (--bedrock).',
    ]);
  });

  it('is taken where there are', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' });
    expect(await modelWarnings({ kind: 'aws' })).toEqual([]);
  });
});
