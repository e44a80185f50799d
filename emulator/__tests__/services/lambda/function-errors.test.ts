import { closeAll, deploy } from './deploy-function';

afterEach(closeAll);

/** What a broken function reports to its caller. */
const failures: [what: string, code: string | Record<string, string>, error: object, handler?: string][] = [
  [
    'throws',
    'exports.handler = async () => { throw new TypeError("bad"); };',
    {
      errorType: 'TypeError',
      errorMessage: 'bad',
      trace: expect.arrayContaining(['TypeError: bad']) as string[],
    },
  ],
  [
    'throws an error with a name of its own',
    `class Throttled extends Error { name = 'Throttled' }
     exports.handler = async () => { throw new Throttled('slow down'); };`,
    { errorType: 'Throttled', errorMessage: 'slow down' },
  ],
  [
    'throws what is not an error',
    'exports.handler = async () => { throw "text"; };',
    { errorType: 'string', errorMessage: 'text', trace: [] },
  ],
  [
    'returns what JSON cannot say',
    'exports.handler = async () => 1n;',
    { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' },
  ],
  ['cannot be parsed', 'exports.handler = (', { errorType: 'Runtime.UserCodeSyntaxError' }],
  [
    'requires a module that is not in the zip',
    'require("left-out");',
    { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining('left-out') as string },
  ],
  ['is in a file that the zip lacks', { 'main.js': '' }, { errorType: 'Runtime.ImportModuleError' }],
  [
    'throws while it loads',
    'throw new RangeError("early");',
    { errorType: 'RangeError', errorMessage: 'early' },
  ],
  [
    'does not export its handler',
    'exports.other = async () => 1;',
    { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' },
  ],
  [
    'exports a handler that is no function',
    'exports.handler = 1;',
    { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is not a function' },
  ],
  ['has a handler without an export', '', { errorType: 'Runtime.MalformedHandlerName' }, 'index'],
  [
    'takes a callback',
    'exports.handler = (event, context, callback) => callback(null, 1);',
    { errorType: 'Runtime.CallbackHandlerDeprecated' },
  ],
  [
    'lets an exception go uncaught',
    `exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError('late'); }, 1));`,
    { errorType: 'RangeError', errorMessage: 'late' },
  ],
  [
    'leaves a rejection unhandled',
    `exports.handler = () => new Promise((resolve) => {
       void Promise.reject(new Error('alone')); setTimeout(resolve, 1000);
     });`,
    { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: alone' },
  ],
  [
    'exits',
    'exports.handler = async () => process.exit(0);',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        /^RequestId: [\w-]{36} Error: Runtime exited without providing a reason$/,
      ) as string,
    },
  ],
  [
    'exits with a status',
    'exports.handler = async () => process.exit(3);',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 3$/) as string,
    },
  ],
  ['waits for nothing', 'exports.handler = () => new Promise(() => {});', { errorType: 'Runtime.ExitError' }],
];

describe('a function that', () => {
  it.each(failures)('%s', async (_what, code, error, handler = 'index.handler') => {
    const { service, logs } = deploy(code, { handler });
    await expect(service.invoke('assistant', {})).resolves.toMatchObject({
      functionError: 'Unhandled',
      payload: error,
    });
    expect(logs.join('\n')).toContain('Invoke Error');
  });
});

describe('after an instance has died', () => {
  it.each([
    ['exit', 'process.exit(1)'],
    ['uncaught exception', 'new Promise(() => setTimeout(() => { throw new Error(); }, 1))'],
  ])('by %s, the next call gets a fresh one', async (_how, death) => {
    const { service } = deploy(`let calls = 0;
      exports.handler = async (die) => { calls += 1; process.env.MARK = '1'; if (die) await ${death}; return calls; };`);
    expect((await service.invoke('assistant', false)).payload).toBe(1);
    expect((await service.invoke('assistant', true)).functionError).toBe('Unhandled');
    expect((await service.invoke('assistant', false)).payload).toBe(1);
  });
});

describe('a handler', () => {
  it.each([
    ['in a folder', { 'src/app.js': 'exports.run = async () => "ok";' }, 'src/app.run'],
    ['inside an object', { 'app.js': 'exports.a = { b: async () => "ok" };' }, 'app.a.b'],
    ['of an ES module', { 'index.mjs': 'export const handler = async () => "ok";' }, 'index.handler'],
    ['that is synchronous', { 'index.js': 'exports.handler = () => "ok";' }, 'index.handler'],
  ])('%s is found', async (_where, files, handler) => {
    const { service } = deploy(files, { handler });
    expect((await service.invoke('assistant', {})).payload).toBe('ok');
  });
});
