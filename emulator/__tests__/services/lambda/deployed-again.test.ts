import { existsSync } from 'node:fs';
import { TooManyRequestsException } from '../../../services/lambda/errors';
import { closeAll, deploy, type Deployed } from './deploy-function';

/** Says how often its instance was called. */
const COUNTING = `let calls = 0;
  exports.handler = async () => ({ calls: calls += 1, root: process.env.LAMBDA_TASK_ROOT });`;

interface Counted {
  readonly calls: number;
  readonly root: string;
}

afterEach(closeAll);

const ask = async ({ service }: Deployed, name = 'assistant') =>
  (await service.invoke(name, {})).payload as Counted;

/** Called once. */
async function deployed(...of: Parameters<typeof deploy>): Promise<Deployed> {
  const first = deploy(...of);
  expect((await ask(first)).calls).toBe(1);
  return first;
}

describe('a function that is deployed again', () => {
  it('keeps its instances where nothing of it has changed', async () => {
    const values = { environment: [{ variables: { STAGE: 'live' } }] };
    const first = await deployed(COUNTING, values);
    const second = deploy(COUNTING, values, { before: first.service });
    expect((await ask(second)).calls).toBe(2);
    expect((await ask(deploy(COUNTING, values, { before: second.service }))).calls).toBe(3);
  });

  it.each<[string, ...Parameters<typeof deploy>]>([
    ['its code', `${COUNTING} // And more.`],
    ['a file of its package', { 'index.js': COUNTING, 'other.js': '' }],
    ['the path of its package', COUNTING, { filename: 'moved.zip' }],
    ['its environment', COUNTING, { environment: [{ variables: { STAGE: 'next' } }] }],
    ['its memory', COUNTING, { memory_size: 256 }],
    ['its timeout', COUNTING, { timeout: 6 }],
    ['its role', COUNTING, { role: 'arn:aws:iam::123456789012:role/other' }],
    ['its runtime', COUNTING, { runtime: 'nodejs24.x' }],
    ['its handler', COUNTING, { handler: './index.handler' }],
    ['its tracing', COUNTING, { tracing_config: [{ mode: 'Active' }] }],
    ['its published version', COUNTING, { publish: true, version: '1' }],
    ['its description', COUNTING, { description: 'Answers.' }],
    ['what its region gives it', COUNTING, {}, { platformEnvironment: () => ({ AWS_REGION: 'us-west-2' }) }],
  ])('is started anew where %s is another', async (_, ...[code, values, options]) => {
    const first = await deployed(COUNTING);
    expect((await ask(deploy(code, values, { ...options, before: first.service }))).calls).toBe(1);
    expect((await ask(first)).calls).toBe(2);
  });

  it('is looked at by itself', async () => {
    const named = (name: string, timeout: number) => ({ function_name: name, arn: `arn:${name}`, timeout });
    const first = deploy(COUNTING, [named('changed', 5), named('kept', 5)]);
    for (const name of ['changed', 'kept']) await ask(first, name);
    const second = deploy(COUNTING, [named('changed', 6), named('kept', 5)], { before: first.service });
    expect((await ask(second, 'changed')).calls).toBe(1);
    expect((await ask(second, 'kept')).calls).toBe(2);
  });

  it.each<[string, 'first' | 'second', 'first' | 'second']>([
    ['before, and ends with the one after', 'first', 'second'],
    ['after, which may be refused, and ends with the one before', 'second', 'first'],
  ])('outlives the deployment %s', async (_, gone, left) => {
    const first = await deployed(COUNTING);
    const both = { first, second: deploy(COUNTING, {}, { before: first.service }) };
    await both[gone].service.close();
    const { calls, root } = await ask(both[left]);
    expect(calls).toBe(2);
    expect(existsSync(root)).toBe(true);
    await both[left].service.close();
    expect(existsSync(root)).toBe(false);
  });

  it('has as much concurrency as its calls under way leave it', async () => {
    const [limits, values] = [{ maxConcurrency: 1 }, { environment: [{ variables: { STAGE: 'next' } }] }];
    const waiting = 'exports.handler = (ms) => new Promise((resolve) => setTimeout(resolve, ms));';
    const first = deploy(waiting, {}, limits);
    const underWay = first.service.invoke('assistant', 200);
    const { service } = deploy(waiting, values, { ...limits, before: first.service });
    await expect(service.invoke('assistant', 0)).rejects.toThrow(TooManyRequestsException);
    await underWay;
    await expect(service.invoke('assistant', 0)).resolves.toBeDefined();
  });
});
