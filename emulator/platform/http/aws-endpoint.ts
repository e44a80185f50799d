import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { LoopbackServer, refuseForeignPage } from './server';
import { AwsError } from './aws-error';
import { parseCredentialScope, type CredentialScope } from './sigv4';

/** The URL of the service that a request is signed for; undefined where there is none. */
type ServiceFinder = (scope: CredentialScope, path: string) => string | undefined;

/**
 * All services of all regions at one address, as `AWS_ENDPOINT_URL` takes it: which one is meant, a request's signature
 * says. It hands on bytes, and the connection's end as it came: what a fault does to an answer, its caller sees.
 */
export const createAwsEndpoint = (find: ServiceFinder): LoopbackServer =>
  new LoopbackServer((message, response) => {
    try {
      forward(message, response, find);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { status, type, message: why } = error;
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify({ __type: type, message: why }));
    }
  });

function forward(message: IncomingMessage, response: ServerResponse, find: ServiceFinder): void {
  const { headers, method, url: target = '/' } = message;
  refuseForeignPage(headers);
  const scope = parseCredentialScope(headers.authorization ?? '');
  if (scope === undefined)
    throw new AwsError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  const url = find(scope, target);
  if (url === undefined) {
    const what = `${scope.service} in ${scope.region}`;
    throw new AwsError(
      400,
      'UnknownEndpoint',
      `The emulator has no ${what}: nothing is deployed there, or it is not emulated.`,
    );
  }
  // As it came: read as a URL, a path of two slashes would name another host.
  const onward = request(url, { path: target, method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.once('error', () => message.socket.resetAndDestroy());
  });
  onward.once('error', () => message.socket.resetAndDestroy());
  response.once('close', () => onward.destroy());
  message.pipe(onward);
}
