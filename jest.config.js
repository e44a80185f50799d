const { readFileSync } = require('node:fs');

/** The rooms, each with its tests beside it: `npm test -w emulator` runs one room's alone. */
const ROOMS = JSON.parse(readFileSync(`${__dirname}/package.json`, 'utf8')).workspaces;

// The SDK's advice is for those who deploy on this Node; the functions are deployed on a newer one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: `${__dirname}/__tests__/support/environment.ts`,
  // Also on two cores: a third of what they take is waiting. More would starve tests of running systems, whose deadlines are real.
  maxWorkers: 4,
  // Of one file's tests, so many wait at a time: failover-scenarios.test.ts has as many pairs of models.
  maxConcurrency: 6,
  // What one test file leaves behind, the next ones' garbage collections go through.
  workerIdleMemoryLimit: '1GB',
  // What hangs is ended so; what only takes its time, on a machine however busy, is not.
  testTimeout: 300_000,
  testMatch: ['', ...ROOMS.map((room) => `/${room}`)].map(
    (room) => `<rootDir>${room}/__tests__/**/*.test.ts`,
  ),
  globalSetup: `${__dirname}/__tests__/support/run-folder.ts`,
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdktf\\.out'],
};
