import { parseOptions } from '../../run/command-line';

/** What is written to the error stream, and the code that the process is ended with. */
function refused(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const written: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    expect(() => parseOptions(['node', 'start', ...args], process.env)).toThrow('exit 1');
    return written.join('');
  } finally {
    process.env = before;
    jest.restoreAllMocks();
  }
}

describe('the options of npm start', () => {
  it.each([
    [['--bedrock', 'magic'], {}, /Allowed choices are stand-in, aws, openai/],
    [[], { LOCAL_PORT_BASE: 'x' }, /It must be a whole number/],
    [['--date', '2020-01-01'], {}, /a day after today/],
    [['--bedrock', 'aws', '--date', '2099-01-01'], {}, /asks models that no --date ends/],
    [
      ['--models-file', '/nowhere.json'],
      {},
      /^error: .*--models-file <file>.*cannot be read: there is no such file\.[^\n]*\n$/,
    ],
    [['--models-file', 'README.md'], {}, /^error: .*--models-file.*is not JSON: [^]*$/],
  ])('refuse %j with %j', (args, environment, message) => {
    expect(refused(args, environment)).toMatch(message);
  });
});
