import { text } from 'node:stream/consumers';
import type {
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { withAwakeTimeout } from './awake-timeout';
import { PersistentHttp } from './persistent-http';

/** A request has long gone on; this ends what would otherwise wait for ever. */
const CALL_TIMEOUT_MS = 1_000;

interface DynamoDbOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Lambda's environment: its credentials last as long as the instance. */
function ofInstance(): DynamoDbOptions {
  const { env } = process;
  const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID: accessKeyId = '' } = env;
  const { AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_SESSION_TOKEN: sessionToken = '' } = env;
  const endpoint = env.AWS_ENDPOINT_URL_DYNAMODB ?? `https://dynamodb.${region}.amazonaws.com`;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}

export type DynamoDb = ReturnType<typeof createDynamoDb>;

/**
 * DynamoDB by its JSON protocol and the SDK's own parts, without the SDK's client: each answer of a caller with a limit
 * waits for a call, which costs this way 0.4 of the CPU time. Attributes have no binary values. Retries nothing: circuits,
 * budgets and conversations know what to do without their tables.
 */
export function createDynamoDb({ endpoint, region, credentials }: DynamoDbOptions = ofInstance()) {
  const { protocol, host, hostname, port } = new URL(endpoint);
  const http = new PersistentHttp();
  const sha256 = Hash.bind(null, 'sha256');
  const signer = new SignatureV4({ service: 'dynamodb', region, credentials, sha256 });

  const call = async <Output>(operation: string, input: object): Promise<Output> => {
    const body = JSON.stringify(input);
    const headers = {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const where = { protocol, hostname, ...(port !== '' && { port: Number(port) }), path: '/' };
    const signed = await signer.sign({ method: 'POST', ...where, query: {}, headers, body });
    return withAwakeTimeout(CALL_TIMEOUT_MS, async (abortSignal) => {
      const { response } = await http.handle(new HttpRequest(signed), { abortSignal });
      const answer = JSON.parse(await text(response.body as NodeJS.ReadableStream)) as object;
      if (response.statusCode !== 200) throw failureOf(answer);
      return answer as Output;
    });
  };

  return {
    batchWrite: (input: BatchWriteItemCommandInput) =>
      call<BatchWriteItemCommandOutput>('BatchWriteItem', input),
    get: (input: GetItemCommandInput) => call<GetItemCommandOutput>('GetItem', input),
    put: (input: PutItemCommandInput) => call<PutItemCommandOutput>('PutItem', input),
    query: (input: QueryCommandInput) => call<QueryCommandOutput>('Query', input),
    update: (input: UpdateItemCommandInput) => call<UpdateItemCommandOutput>('UpdateItem', input),
  };
}

/** Its type is a shape's whole name, e.g. `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException`. */
function failureOf({ __type = '', message }: { readonly __type?: string; readonly message?: string }): Error {
  return Object.assign(new Error(message), { name: __type.replace(/^.*#/, '') });
}
