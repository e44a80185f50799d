import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAbsolute } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import { foreignPageRefusal } from '../platform/http/server';
import { BadRequestError } from '../services/appconfig/errors';
import { InvalidBehaviourError, type ModelBehaviours } from '../services/bedrock-runtime/model-behaviours';
import { type Faults, InvalidFaultError } from '../platform/faults/faults';
import type { Replication } from '../services/dynamodb/replication';
import { StartError } from '../run/start-error';
import { UnsupportedError } from '../stack/resource';
import { behaviourRoutes } from './behaviour-routes';
import { faultRoutes } from './fault-routes';
import { parseJson } from './parse-json';
import { CONTROL_ROUTES } from './ports';
import { regionRoutes } from './region-routes';
import { replicationRoutes } from './replication-routes';
import { readStatus, type StatusSources } from './status';

/** Answers, at the control port and by its rules, what the port itself has not: a page to look at the system by. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void;

export interface ControlOptions extends StatusSources {
  readonly faults: Faults;
  readonly behaviours: ModelBehaviours;
  readonly replication: Replication;
  /** Takes the stacks in a directory into force. */
  readonly deploy: (directory: string) => Promise<void>;
  readonly page: Page | undefined;
}

/** What an operator does to the running system: look at it, deploy a configuration, inject faults. */
export function createControlServer(options: ControlOptions): FastifyInstance {
  const { regions, behaviours, bedrock, replication } = options;
  const server = fastify({ forceCloseConnections: true });
  server.addHook('onRequest', async ({ headers }, reply) => {
    const refusal = foreignPageRefusal(headers);
    if (refusal !== undefined) await reply.code(403).send(refusal);
  });
  // Bodies are taken as they came, whatever curl calls them: what they must be, their routes say.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => {
    done(null, body);
  });
  server.setErrorHandler(async (error, _, reply) => {
    const { status, code, message, reasons } = describe(error);
    await reply.code(status).send({ error: { code, message, ...(reasons && { reasons }) } });
  });
  server.setNotFoundHandler(async (_, reply) => {
    const message = `The control port has ${CONTROL_ROUTES.join(', ')}.`;
    await reply.code(404).send({ error: { code: 'not_found', message } });
  });
  server.get('/status', () => readStatus(options));
  faultRoutes(server, options);
  behaviourRoutes(server, behaviours, bedrock);
  regionRoutes(server, regions);
  replicationRoutes(server, replication);
  server.post('/deployment', async ({ body }, reply) => {
    const { directory } = (parseJson(body, 'InvalidDeployment') ?? {}) as { directory?: unknown };
    if (typeof directory !== 'string' || !isAbsolute(directory)) {
      throw new AwsError(
        400,
        'InvalidDeployment',
        'directory must be the absolute path of what is deployed.',
      );
    }
    await options.deploy(directory);
    await reply.code(204).send();
  });
  if (options.page !== undefined) pageRoutes(server, options.page);
  return server;
}

function pageRoutes(server: FastifyInstance, page: Page): void {
  void server.register((scope, _, done) => {
    // The page reads its bodies itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, parsed) => {
      parsed(null);
    });
    scope.all('/*', (request, reply) => {
      reply.hijack();
      page(request.raw, reply.raw);
    });
    done();
  });
}

interface ControlError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly reasons?: readonly string[];
}

function describe(error: unknown): ControlError {
  if (error instanceof InvalidFaultError)
    return { status: 400, code: 'InvalidFault', message: error.message };
  if (error instanceof InvalidBehaviourError)
    return { status: 400, code: 'InvalidBehaviour', message: error.message };
  if (error instanceof UnsupportedError || error instanceof StartError)
    return { status: 400, code: 'InvalidDeployment', message: error.message };
  if (error instanceof AwsError) {
    const { status, type: code, message } = error;
    return { status, code, message, ...(error instanceof BadRequestError && { reasons: error.reasons }) };
  }
  const { statusCode: status = 500, message } = error as { statusCode?: number; message: string };
  return { status, code: status < 500 ? 'invalid_request' : 'internal_error', message };
}
