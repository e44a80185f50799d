import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { unpack } from '../../../services/lambda/lambda-function';
import { functionConfiguration } from '../../../services/lambda/function-configuration';
import { UnsupportedError } from '../../../stack/resource';
import { closeAll, deploy, functionResource } from './deploy-function';

afterEach(closeAll);

const ADDRESS = 'aws_lambda_function.assistant';

describe('a function is refused at load for', () => {
  it.each<[what: string, values: Record<string, unknown>, message: RegExp]>([
    ['another language', { runtime: 'python3.13' }, /^aws_lambda_function\.assistant\.runtime: /],
    ['layers', { layers: ['arn:aws:lambda:us-east-1:1:layer:x:1'] }, /layers/],
    ['a VPC', { vpc_config: { subnet_ids: ['subnet-1'] } }, /vpc_config/],
    ['a container image', { package_type: 'Image' }, /package_type/],
    ['an argument that the local run does not know', { snap_start: [{ apply_on: 'x' }] }, /snap_start/],
    ['JSON logging', { logging_config: { log_format: 'JSON' } }, /logging_config\.log_format/],
    ['more room in /tmp', { ephemeral_storage: { size: 1024 } }, /ephemeral_storage\.size/],
    ['too little memory', { memory_size: 64 }, /memory_size/],
    ['too much memory', { memory_size: 10_241 }, /memory_size/],
    ['too long a timeout', { timeout: 901 }, /timeout/],
    ['too long a name', { function_name: 'x'.repeat(65) }, /function_name/],
    [
      'a reserved variable',
      { environment: { variables: { AWS_REGION: 'x' } } },
      /variables: Lambda reserves AWS_REGION/,
    ],
    [
      'a variable with an unfit name',
      { environment: { variables: { '1ST': 'x' } } },
      /refuses the name "1ST"/,
    ],
    ['more than 4 KB of variables', { environment: { variables: { LONG: 'x'.repeat(4086) } } }, /4097 bytes/],
  ])('%s', (_what, values, message) => {
    const load = () => functionConfiguration(functionResource(values));
    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(message);
  });

  it('reservations that leave the account too little', () => {
    expect(() => deploy('', { reserved_concurrent_executions: 901 })).toThrow(
      /reserved_concurrent_executions: reservations of 901 leave 99 of the account's 1000/,
    );
  });

  it('a zip that is none', () => {
    const load = () => unpack(ADDRESS, __filename);
    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(/^aws_lambda_function\.assistant\.filename: cannot unpack/);
  });

  it('a zip whose files leave its directory', () => {
    expect(() => deploy({ '../index.js': '' })).toThrow(/\.filename: \.\.\/index\.js leaves the zip/);
  });

  it.each([
    ['zipped', { zipped: 100, unzipped: 2_000 }],
    ['unzipped', { zipped: 500, unzipped: 999 }],
  ])('a zip that is larger than Lambda takes, %s', (how, limits) => {
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    const zip = join(folder, 'large.zip');
    writeFileSync(zip, zipSync({ 'index.js': new Uint8Array(1_000) }));
    expect(() => unpack(ADDRESS, zip, limits)).toThrow(
      new RegExp(`\\.filename: Lambda takes \\d+ bytes ${how}`),
    );
    unpack(ADDRESS, zip).remove();
    rmSync(folder, { recursive: true });
  });
});

describe('a function is taken with', () => {
  it('exactly 4 KB of variables', () => {
    const variables = { LONG: 'x'.repeat(4085) };
    expect(functionConfiguration(functionResource({ environment: { variables } })).variables).toEqual(
      variables,
    );
  });

  it("Lambda's defaults for what it leaves out", () => {
    expect(functionConfiguration(functionResource({ timeout: null, layers: [] }))).toMatchObject({
      address: ADDRESS,
      memoryMegabytes: 128,
      timeoutSeconds: 3,
      reservedConcurrency: undefined,
    });
  });
});
