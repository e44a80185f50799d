const { readFileSync } = require('node:fs');

/** The rooms, each with its tests beside it: `npm test -w emulator` runs one room's alone. */
const ROOMS = JSON.parse(readFileSync(`${__dirname}/package.json`, 'utf8')).workspaces;

// The SDK's advice is for those who deploy on this Node; the functions are deployed on a newer one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// What is made outside of the sandboxes has other prototypes there, as `instanceof` and `isDeepStrictEqual` tell: not zod.
/** Packages that are loaded outside of test files' sandboxes, by outside.js. */
const OUTSIDE = '(ajv|ajv-draft-04|ajv-formats|asl-validator|cli-table3|echarts|fast-check|typescript)';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/__tests__/support/environment.ts',
  // More would starve tests through running systems, whose deadlines are real.
  maxWorkers: 2,
  // What one test file leaves behind, the next ones' garbage collections go through.
  workerIdleMemoryLimit: '600MB',
  // What hangs is ended so; what only takes its time, on a machine however busy, is not.
  testTimeout: 300_000,
  testMatch: ['', ...ROOMS.map((room) => `/${room}`)].map(
    (room) => `<rootDir>${room}/__tests__/**/*.test.ts`,
  ),
  // In the sandbox of a test file, each look at a global calls an interceptor: loops that calculate take ten times as
  // long. Not Date nor timers, which tests replace, nor what a package declares anew.
  sandboxInjectedGlobals: ['Array', 'JSON', 'Math', 'Object'],
  globalSetup: `${__dirname}/__tests__/support/run-folder.ts`,
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
    [`/node_modules/${OUTSIDE}/.+\\.c?js$`]: '<rootDir>/__tests__/support/outside.js',
  },
  transformIgnorePatterns: [`/node_modules/(?!${OUTSIDE}/)`],
  moduleNameMapper: {
    '/stack-trace$': '<rootDir>/__tests__/support/no-stack-trace.ts',
    // Each language of zod's messages is a module, which each test file would load.
    '/locales/index\\.cjs$': 'zod/v4/locales/en.cjs',
  },
  modulePathIgnorePatterns: ['<rootDir>/cdktf\\.out'],
};
