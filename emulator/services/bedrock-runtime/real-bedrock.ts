import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, parseJson, type Reply } from '../../platform/http/server';
import { OPERATOR } from '../../platform/policy/authorizer';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { ACCOUNT } from '../../stack/placement';
import { type Bedrock, CallLog, MAX_BODY_BYTES, operationAt } from './bedrock';
import type { InvokeAction } from './model-id';
import { failureOf } from './open-ai-compatible';

interface RealBedrockOptions {
  readonly region: string;
  /** throws an error named `AccessDenied...` when this caller may not do this */
  readonly authorize: (accessKeyId: string, action: InvokeAction, resource: string) => void;
  /** takes why there is no answer: the functions tell the failure's class alone */
  readonly onLog: (line: string) => void;
  /** default: AWS's, by HTTPS */
  readonly endpoint?: string;
}

type Signer = (request: {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}) => Promise<Record<string, string>>;

/**
 * Bedrock's runtime endpoint in one region, behind which AWS answers: what a function has signed as its role is signed
 * anew with the credentials of the person at this machine, which no function sees.
 */
export function createRealBedrock(options: RealBedrockOptions): Bedrock {
  const { region, endpoint = endpointOf(region) } = options;
  const sign = signer(options);
  const log = new CallLog();
  const server = new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async (request): Promise<Reply> => {
      const { operation, modelId } = operationAt(request);
      const caller = requireScope(request.headers.authorization, { region, service: 'bedrock' }).accessKeyId;
      log.record({ at: Date.now(), modelId, caller, request: parseJson(request.body) });
      // Everybody knows that key, and who uses it here means a stand-in: `benchmark` would take it for free.
      if (caller === OPERATOR.accessKeyId) throw new AwsError(403, 'AccessDeniedException', FOR_FUNCTIONS);
      requirePermission(() => {
        options.authorize(caller, operation.action, arnOf(modelId, options));
      });
      const url = new URL(request.path, endpoint);
      const headers = await sign({ url, headers: passedOn(request.headers), body: request.body }).catch(
        failing(403, 'AccessDeniedException', request),
      );
      return forward(request, url, headers).catch(failing(503, 'ServiceUnavailableException', request));
    },
  });
  const failing =
    (status: number, type: string, { signal }: AwsRequest) =>
    (error: unknown) => {
      // Who hung up needs no reason.
      signal.throwIfAborted();
      const reason = `Bedrock in ${region} cannot be asked: ${failureOf(error)}`;
      options.onLog(reason);
      throw new AwsError(status, type, reason);
    };
  return { listen: () => server.listen(), close: () => server.close(), calls: () => log.calls() };
}

export const endpointOf = (region: string): string => `https://bedrock-runtime.${region}.amazonaws.com`;

const FOR_FUNCTIONS =
  'Behind this endpoint there are real models: the functions alone may ask them. Ask Bedrock itself, as by --target aws.';

/** What the functions' SDK says of the request itself; all else is of the connection, or of who signed. */
const PASSED_ON = /^(content-type|accept|x-amzn-bedrock-.+)$/;
const PASSED_BACK = /^(content-type|retry-after|x-amzn-.+)$/;

async function forward(
  { body, signal }: AwsRequest,
  url: URL,
  headers: Record<string, string>,
): Promise<Reply> {
  const answer = await fetch(url, { method: 'POST', headers, body, signal });
  const back = [...answer.headers].filter(([name]) => PASSED_BACK.test(name));
  return { status: answer.status, headers: Object.fromEntries(back), body: answer.body ?? '' };
}

const passedOn = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && PASSED_ON.test(name) ? [[name, value]] : [],
    ),
  );

/** As the SDK would: an API key of Bedrock's comes before other credentials. */
function signer({ region }: RealBedrockOptions): Signer {
  let signature: ReturnType<typeof loadSignature> | undefined;
  return async ({ url, headers, body }) => {
    const apiKey = process.env.AWS_BEARER_TOKEN_BEDROCK;
    if (apiKey) return { ...headers, authorization: `Bearer ${apiKey}` };
    signature ??= loadSignature(region);
    const { protocol, hostname, host, pathname: path } = url;
    const where = { method: 'POST', protocol, hostname, path, query: {} };
    const signed = await (await signature).sign({ ...where, headers: { ...headers, host }, body });
    return signed.headers;
  };
}

/** Loaded at the first call: a start with other models does not wait for it. */
async function loadSignature(region: string) {
  const [{ SignatureV4 }, { Hash }, { defaultProvider }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@smithy/core/serde'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const sha256 = Hash.bind(null, 'sha256');
  return new SignatureV4({ service: 'bedrock', region, credentials: defaultProvider(), sha256 });
}

/** Prefixes of inference profiles' IDs. */
const GEOGRAPHY = /^(global|us|us-gov|ca|eu|apac|jp|au)\./;

/**
 * What the caller's role must allow. The models that a profile leads to, each in its region, it must allow as well, on
 * AWS; of real models, no table here has them.
 */
function arnOf(modelId: string, { region }: RealBedrockOptions): string {
  // What exists in the person's account is, to the stack's policies, in the one that this run has made up.
  if (modelId.startsWith('arn:')) return modelId.replace(/^((?:[^:]*:){4})\d{12}:/, `$1${ACCOUNT}:`);
  return GEOGRAPHY.test(modelId)
    ? `arn:aws:bedrock:${region}:${ACCOUNT}:inference-profile/${modelId}`
    : `arn:aws:bedrock:${region}::foundation-model/${modelId}`;
}
