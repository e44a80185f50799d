import { request, type IncomingMessage } from 'node:http';
import { CHECKER_ADDRESS } from '../../stack/resource-types/dns';

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
const CONNECT_TIMEOUT_MS = 4_000;
const RESPONSE_TIMEOUT_MS = 2_000;
const BODY_TIMEOUT_MS = 2_000;
const SEARCHED_BYTES = 5_120;

const HTTPS_PORT = 443;

export interface ProbeRequest {
  /** Where the emulated edge of the name listens, for plain HTTP. */
  readonly host: string;
  readonly port: number;
  /** The name and port that the check was told. */
  readonly fqdn: string;
  readonly declaredPort: number;
  readonly path: string;
  readonly searchString: string | undefined;
  readonly healthCheckId: string;
  /** What Route 53's timeouts are divided by. */
  readonly speed: number;
  readonly signal: AbortSignal;
}

export interface ProbeResult {
  readonly passed: boolean;
  /** What Route 53's console would show, e.g. `HTTP Status Code 503`. */
  readonly reason: string;
}

/** The latest result of one of an endpoint's checkers, counted from 0; `at` is emulated time. */
export interface Observation extends ProbeResult {
  readonly checker: number;
  readonly at: number;
}

/** One request of one health checker. Redirects are not followed: they pass. */
export function probe(options: ProbeRequest): Promise<ProbeResult> {
  const { host, port, fqdn, declaredPort, path, healthCheckId, signal, speed } = options;
  return new Promise((resolve) => {
    const attempt = request({
      host,
      port,
      localAddress: CHECKER_ADDRESS,
      path,
      signal,
      agent: false,
      headers: {
        host: declaredPort === HTTPS_PORT ? fqdn : `${fqdn}:${declaredPort}`,
        'user-agent': `Amazon-Route53-Health-Check-Service (ref ${healthCheckId})`,
      },
    });
    let timer: NodeJS.Timeout | undefined;
    const within = (ms: number, reason: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => attempt.destroy(new Error(reason)), ms / speed);
    };
    within(CONNECT_TIMEOUT_MS, 'no connection within 4 s');
    attempt.on('socket', (socket) => {
      socket.once('connect', () => {
        within(RESPONSE_TIMEOUT_MS, 'no response within 2 s');
      });
    });
    attempt.on('response', (response) => {
      within(BODY_TIMEOUT_MS, 'no response body within 2 s');
      judge(response, options.searchString).then(resolve, fail);
    });
    attempt.on('close', () => {
      clearTimeout(timer);
    });
    const fail = (error: Error) => {
      resolve({ passed: false, reason: error.message });
    };
    attempt.on('error', fail);
    attempt.end();
  });
}

async function judge(response: IncomingMessage, searchString: string | undefined): Promise<ProbeResult> {
  const status = response.statusCode ?? 0;
  const reason = `HTTP Status Code ${status}`;
  const good = status >= 200 && status < 400;
  if (!good || searchString === undefined) {
    response.on('error', () => undefined).resume();
    return { passed: good, reason };
  }
  const searched = await firstBytes(response);
  return searched.includes(searchString)
    ? { passed: true, reason: `${reason}, search string found` }
    : { passed: false, reason: `${reason}, but no search string in the first ${SEARCHED_BYTES} bytes` };
}

async function firstBytes(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= SEARCHED_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, SEARCHED_BYTES);
}
