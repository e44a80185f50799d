import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newTraceId } from '../../../services/xray/segment';
import { closeAll, deploy } from './deploy-function';

/** Of whose instances all but the first share a thread; each says which one, and how often it was called. */
const COUNTING = `const { threadId } = require('node:worker_threads');
  let calls = 0;
  exports.handler = async (ms) => {
    calls += 1;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { threadId, calls };
  };`;

interface Counted {
  readonly threadId: number;
  readonly calls: number;
}

afterEach(closeAll);

async function askAtOnce(service: ReturnType<typeof deploy>['service'], count: number): Promise<Counted[]> {
  const all = await Promise.all(Array.from({ length: count }, () => service.invoke('assistant', 100)));
  return all.map(({ payload }) => payload as Counted);
}

describe('instances that share a thread', () => {
  it('are those beyond the ones with threads of their own; each has modules of its own', async () => {
    const { service } = deploy(COUNTING, {}, { ownThreads: 1 });
    for (const round of [1, 2]) {
      const asked = await askAtOnce(service, 4);
      expect(asked.map(({ calls }) => calls)).toEqual([round, round, round, round]);
      expect(new Set(asked.map(({ threadId }) => threadId)).size).toBe(2);
    }
  });

  it('have each an environment of their own, the first as well', async () => {
    const { service } = deploy(
      `const { SEEN = null } = process.env;
      process.env.SEEN = 'by another';
      exports.handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return SEEN;
      };`,
      {},
      { ownThreads: 0 },
    );
    const asked = await Promise.all([service.invoke('assistant', {}), service.invoke('assistant', {})]);
    expect(asked.map(({ payload }) => payload)).toEqual([null, null]);
  });

  it.each([
    ['does not parse', 'exports.handler = async () => {', 'index.handler', 'Runtime.UserCodeSyntaxError'],
    ['imports what is not there', `require('./absent');`, 'index.handler', 'Runtime.ImportModuleError'],
    ['is not there', COUNTING, 'absent.handler', 'Runtime.ImportModuleError'],
  ])('are told as any other where their module %s', async (_, code, handler, errorType) => {
    for (const ownThreads of [0, 1]) {
      const { service } = deploy(code, { handler }, { ownThreads });
      expect((await service.invoke('assistant', 0)).payload).toMatchObject({ errorType });
    }
  });

  it('run what a folder keeps of their code, which those before them have compiled', async () => {
    const keep = async (said: string) => {
      const compiledFolder = mkdtempSync(join(tmpdir(), 'compiled-'));
      const code = `exports.handler = async () => '${said}';`;
      const answer = async () => {
        const { service } = deploy(code, {}, { ownThreads: 0, compiledFolder });
        return (await service.invoke('assistant', {})).payload;
      };
      expect(await answer()).toBe(said);
      const [file = '', ...others] = readdirSync(compiledFolder);
      expect(others).toEqual([]);
      return { file: join(compiledFolder, file), answer };
    };
    const [one, two] = [await keep('one'), await keep('two')];
    expect(await one.answer()).toBe('one');
    // Both are equally long, by which V8 knows them.
    copyFileSync(two.file, one.file);
    expect(await one.answer()).toBe('two');
  });

  it('import what they import, whether or not a folder keeps what is compiled', async () => {
    const compiledFolder = mkdtempSync(join(tmpdir(), 'compiled-'));
    for (const said of ['once', 'again']) {
      const code = `exports.handler = async (said) => (await import('node:path')).join(said);`;
      const { service } = deploy(code, {}, { ownThreads: 0, compiledFolder });
      expect((await service.invoke('assistant', said)).payload).toBe(said);
    }
  });

  it('are none where a package has several modules, which a thread loads once', async () => {
    const modules = {
      'index.js': `exports.handler = require('./counting').handler;`,
      'counting.js': COUNTING,
    };
    const { service } = deploy(modules, {}, { ownThreads: 1 });
    const asked = await askAtOnce(service, 3);
    expect(asked.map(({ calls }) => calls)).toEqual([1, 1, 1]);
    expect(new Set(asked.map(({ threadId }) => threadId)).size).toBe(3);
  });

  it('are frozen while none of them is at work', async () => {
    const { service } = deploy(
      `let ticks = 0;
      setInterval(() => { ticks += 1; }, 1);
      exports.handler = async (ms) => {
        const seen = ticks;
        await new Promise((resolve) => setTimeout(resolve, ms));
        ticks = 0;
        return seen;
      };`,
      {},
      { ownThreads: 0 },
    );
    await Promise.all([service.invoke('assistant', 30), service.invoke('assistant', 30)]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    // A running interval would have fired about sixty times.
    expect((await service.invoke('assistant', 0)).payload).toBeLessThan(10);
  });

  it('write streams of their own: a slow reader of one keeps no other waiting', async () => {
    const { service } = deploy(
      `exports.handler = awslambda.streamifyResponse(async (letter, stream) => {
        for (let chunk = 0; chunk < 50; chunk += 1) {
          if (!stream.write(letter.repeat(10_000))) await new Promise((resolve) => stream.once('drain', resolve));
        }
        stream.end();
      });`,
      {},
      { ownThreads: 0 },
    );
    const slow = await service.invokeWithResponseStream('assistant', 'a');
    const other = await service.invokeWithResponseStream('assistant', 'b');
    expect(await text(other)).toBe('b'.repeat(500_000));
    expect(await text(slow)).toBe('a'.repeat(500_000));
  });

  it('end together where one is ended, and others take their places', async () => {
    const { service } = deploy(COUNTING, { timeout: 3 }, { ownThreads: 0 });
    const neighbour = service.invoke('assistant', 10_000);
    // So long before its own time that a machine which is late does not end both at once.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const later = service.invoke('assistant', 10_000);
    const idle = service.invoke('assistant', 0);
    expect((await idle).payload).toMatchObject({ calls: 1 });
    expect((await neighbour).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect((await later).payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await service.invoke('assistant', 0)).payload).toMatchObject({ calls: 1 });
  });

  it('are warmed anew where they have ended with a neighbour', async () => {
    const { service, logs } = deploy(
      `console.log('loaded');
      exports.handler = async () => process.exit(1);`,
      {},
      { ownThreads: 0 },
    );
    for (const loaded of [3, 6]) {
      await service.warm('assistant', 3);
      expect(logs.filter((line) => line === 'loaded')).toHaveLength(loaded);
      await service.invoke('assistant', {});
    }
  });

  it('leave one by one, and the last takes the thread with it', async () => {
    const { service } = deploy(COUNTING, {}, { ownThreads: 0, idleLimitMs: 50 });
    const before = await askAtOnce(service, 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The last one used is the one that answers; the others have been idle for too long.
    expect((await service.invoke('assistant', 0)).payload).toEqual({
      threadId: before[0]?.threadId,
      calls: 2,
    });
    const after = await askAtOnce(service, 3);
    expect(after.map(({ calls }) => calls).sort()).toEqual([1, 1, 3]);
  });

  it('have each the trace header of their own call, as AWS’s runtime gives it', async () => {
    const { service } = deploy(
      `process.env = { ...process.env };
      exports.handler = async () => {
        const before = process.env._X_AMZN_TRACE_ID;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return [before, process.env._X_AMZN_TRACE_ID];
      };`,
      {},
      { ownThreads: 1 },
    );
    const roots = Array.from({ length: 4 }, newTraceId);
    const said = await Promise.all(
      roots.map((root) => service.invoke('assistant', {}, undefined, { root, sampled: false })),
    );
    const headers = roots.map((root) => `Root=${root};Sampled=0`);
    expect(said.map(({ payload }) => payload)).toEqual(headers.map((header) => [header, header]));
  });
});
