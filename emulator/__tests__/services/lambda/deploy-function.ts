import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { LambdaService, type LambdaServiceOptions } from '../../../services/lambda/lambda-service';
import type { Resource } from '../../../stack/resource';

const REGION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:';

export interface Deployed {
  readonly service: LambdaService;
  readonly logs: string[];
}

const cleanups: (() => Promise<void>)[] = [];

/** The resource of a function named `assistant`, with the given arguments on top. */
export function functionResource(values: Record<string, unknown> = {}): Resource {
  const name = typeof values.function_name === 'string' ? values.function_name : 'assistant';
  return {
    address: `aws_lambda_function.${name}`,
    type: 'aws_lambda_function',
    name,
    values: {
      function_name: name,
      arn: REGION_ARN + name,
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      filename: `${name}.zip`,
      timeout: 5,
      ...values,
    },
  };
}

/** Zips the code (a text is `index.js`) of functions and starts the service for them. */
export function deploy(
  code: string | Record<string, string>,
  values: Record<string, unknown> | Record<string, unknown>[] = {},
  options: Partial<LambdaServiceOptions> = {},
): Deployed {
  const functions = [values].flat().map(functionResource);
  const stackDirectory = mkdtempSync(join(tmpdir(), 'lambda-test-'));
  cleanups.push(() => rm(stackDirectory, { recursive: true }));
  const files = typeof code === 'string' ? { 'index.js': code } : code;
  const zip = zipSync(
    Object.fromEntries(Object.entries(files).map(([name, content]) => [name, strToU8(content)])),
    // The same code is the same package, whenever it is made.
    { mtime: '1980-01-02' },
  );
  for (const { values: found } of functions) writeFileSync(join(stackDirectory, String(found.filename)), zip);
  const logs: string[] = [];
  const service = new LambdaService({
    functions,
    stackDirectory,
    platformEnvironment: () => ({ AWS_REGION: 'us-east-1' }),
    onLog: (_name, line) => logs.push(line),
    ...options,
  });
  cleanups.push(() => service.close());
  return { service, logs };
}

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
}
