import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isAbsolute } from 'node:path';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Faults, InvalidFaultError } from '../platform/faults/faults';
import { isInMlops } from '../platform/faults/modes';
import { AwsError } from '../platform/http/aws-error';
import { foreignPageRefusal } from '../platform/http/server';
import { type BedrockMode, canInjectFaults } from '../run/region/bedrock-mode';
import type { LocalRegion } from '../run/region/local-region';
import { StartError } from '../run/start-error';
import { BadRequestError } from '../services/appconfig/errors';
import { InvalidBehaviourError, type ModelBehaviours } from '../services/bedrock-runtime/model-behaviours';
import { resolveModel } from '../services/bedrock-runtime/model-id';
import type { Replication } from '../services/dynamodb/replication';
import { UnsupportedError } from '../stack/resource';
import { CONTROL_ROUTES } from './ports';
import { readStatus, sha256, type StatusSources } from './status';

/** Answers, at the control port and by its rules, what the port itself has not: a page to look at the system by. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void;

interface ControlOptions extends StatusSources {
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
  const server = fastify({
    forceCloseConnections: true,
    frameworkErrors: (_, __, reply) => {
      const message = 'The path is not percent-encoded as a URL is: write % as %25.';
      void (reply as FastifyReply).code(400).send({ error: { code: 'invalid_request', message } });
    },
    clientErrorHandler: refuseUnreadable,
  });
  const routes: Route[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ url, methods: [method].flat() });
  });
  server.addHook('onRequest', async ({ headers }, reply) => {
    const refusal = foreignPageRefusal(headers);
    if (refusal !== undefined) await reply.code(403).send(refusal);
  });
  // Bodies are taken as they came, whatever curl calls them: what they must be, their routes say.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => {
    done(null, body);
  });
  const refuse = (error: unknown, reply: FastifyReply) => {
    const { status, code, message, reasons } = describe(error);
    return reply.code(status).send({ error: { code, message, ...(reasons && { reasons }) } });
  };
  server.setErrorHandler((error, _, reply) => refuse(error, reply));
  server.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(pathOf(request), routes);
    if (methods.length > 0) void reply.header('allow', methods.join(', '));
    return refuse(noRoute(request, methods), reply);
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
      const [, first = ''] = pathOf(request).split('/');
      if ((CONTROL_ROUTES as readonly string[]).includes(`/${first}`)) {
        reply.callNotFound();
        return;
      }
      reply.hijack();
      page(request.raw, reply.raw);
    });
    done();
  });
}

interface Route {
  /** with parameters, e.g. `/faults/:id` */
  readonly url: string;
  readonly methods: readonly string[];
}

const pathOf = ({ url }: Pick<FastifyRequest, 'url'>): string => url.replace(/\?.*$/, '');

/** What a path may be asked by; nothing where there is none. */
function methodsAt(path: string, routes: readonly Route[]): readonly string[] {
  const isAt = ({ url }: Route) => new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`).test(path);
  return routes.filter((route) => !route.url.includes('*') && isAt(route)).flatMap(({ methods }) => methods);
}

function noRoute(request: FastifyRequest, methods: readonly string[]): AwsError {
  const path = pathOf(request);
  if (methods.length > 0) {
    return new AwsError(405, 'method_not_allowed', `${path} takes ${methods.join(', ')}.`);
  }
  return new AwsError(
    404,
    'not_found',
    `There is no ${path}. The control port has ${CONTROL_ROUTES.join(', ')}.`,
  );
}

/** What is no HTTP, or has more headers than Node takes. */
function refuseUnreadable({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  const tooLarge = code === 'HPE_HEADER_OVERFLOW';
  const status = tooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const message = tooLarge
    ? 'The headers are too large: send fewer.'
    : 'This is no HTTP request: ask by HTTP/1.1.';
  const body = JSON.stringify({ error: { code: 'invalid_request', message } });
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
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
  if (status === 413)
    return { status, code: 'invalid_request', message: 'The body is too large: send less.' };
  return { status, code: status < 500 ? 'invalid_request' : 'internal_error', message };
}

interface FaultRoutesOptions extends Pick<StatusSources, 'regions' | 'mlops' | 'bedrock'> {
  readonly faults: Faults;
}

/** `POST /faults` injects one, `GET` lists those in force, `DELETE` ends them all, or by its id one. */
function faultRoutes(server: FastifyInstance, options: FaultRoutesOptions): void {
  const { faults } = options;
  server.post('/faults', ({ body }, reply) => {
    const request = parseJson(body, 'InvalidFault');
    requireSubject(request ?? {}, options);
    void reply.code(201);
    return faults.add(request);
  });
  server.get('/faults', () => faults.list());
  server.delete<{ Params: { readonly id: string } }>('/faults/:id', async ({ params }, reply) => {
    if (!faults.end(params.id)) throw new AwsError(404, 'NoSuchFault', 'No fault of this id is in force.');
    await reply.code(204).send();
  });
  server.delete('/faults', async (_, reply) => {
    faults.clear();
    await reply.code(204).send();
  });
}

/** Refuses a fault that nothing in this run can be hit by; what else is wrong with it, `faults` says. */
function requireSubject(
  { target, model }: { readonly target?: unknown; readonly model?: unknown },
  { regions, mlops, bedrock }: FaultRoutesOptions,
): void {
  if (target === 'bedrock' && !canInjectFaults(bedrock)) {
    const message = 'Calls of models leave this run, so that no fault can be put into them.';
    throw new AwsError(409, 'NoStandIn', message);
  }
  if (typeof target === 'string' && isInMlops(target) && mlops === undefined) {
    throw new AwsError(409, 'NoMlops', `There is no mlops stack, and so no ${target} to put a fault into.`);
  }
  if (target !== 'bedrock' || typeof model !== 'string') return;
  const ownModels = mlops?.servedModels ?? new Map<string, string>();
  const isServed = (region: string) => {
    try {
      return Boolean(resolveModel(model, { region, now: Date.now(), ownModels }));
    } catch {
      return false;
    }
  };
  if (regions.some(({ stack }) => isServed(stack.region))) return;
  throw new InvalidFaultError(
    `model: no region serves "${model}"; name it as its callers do, with its geography`,
  );
}

/** `POST /models` says how long models take, how much they say and how often they fail; `DELETE` ends it. */
function behaviourRoutes(server: FastifyInstance, behaviours: ModelBehaviours, bedrock: BedrockMode): void {
  server.post('/models', ({ body }) => {
    if (!canInjectFaults(bedrock)) {
      throw new AwsError(409, 'NoStandIn', 'Calls of models leave this run: it cannot say how they behave.');
    }
    return behaviours.set(parseJson(body, 'InvalidBehaviour'));
  });
  server.get('/models', () => behaviours.get());
  server.delete('/models', async (_, reply) => {
    behaviours.clear();
    await reply.code(204).send();
  });
}

/** How late what is written to a global table is in the other region, and how much is under way. */
function replicationRoutes(server: FastifyInstance, replication: Replication): void {
  const state = () => ({
    lagMs: replication.lagMs,
    pending: replication.pending,
    behindMs: replication.behindMs,
  });
  server.get('/replication', state);
  server.put('/replication', ({ body }) => {
    const { lagMs } = (parseJson(body, 'InvalidReplication') ?? {}) as { lagMs?: unknown };
    if (typeof lagMs !== 'number' || !(lagMs >= 0 && Number.isFinite(lagMs))) {
      throw new AwsError(400, 'InvalidReplication', 'lagMs must be a number of milliseconds, 0 or more.');
    }
    replication.lagMs = lagMs;
    return state();
  });
}

/** AppConfig's own limit on hosted content is 1 MB; it refuses what is larger with its own error. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

interface Query {
  readonly Querystring: { readonly region?: string; readonly since?: string; readonly most?: string };
}

/** What each region has to show, and its AppConfig: `?region=` names it by its role. */
function regionRoutes(server: FastifyInstance, regions: readonly LocalRegion[]): void {
  const named = (name: string): readonly LocalRegion[] => {
    const found = regions.filter(({ role }) => name === 'both' || name === role);
    if (found.length > 0) return found;
    const message = `region must be primary, secondary or both, not ${JSON.stringify(name)}.`;
    throw new AwsError(400, 'InvalidRegion', message);
  };
  const one = (name = 'primary'): LocalRegion => {
    const [region, ...others] = named(name);
    if (region !== undefined && others.length === 0) return region;
    throw new AwsError(400, 'InvalidRegion', 'Name one region: primary or secondary.');
  };

  server.get('/dashboards', () => regions.flatMap(({ dashboards }) => dashboards));

  server.get<Query>('/metrics', ({ query }) => one(query.region).metrics.totals());

  server.get<Query>('/logs', ({ query }) => {
    const since = Number(query.since ?? 0);
    const most = query.most === undefined ? undefined : Number(query.most);
    if (!(Number.isInteger(since) && since >= 0)) {
      const message = 'since must be the number of a line: 0, or a `sequence` from before.';
      throw new AwsError(400, 'InvalidSince', message);
    }
    if (most !== undefined && !(Number.isInteger(most) && most >= 1))
      throw new AwsError(400, 'InvalidMost', 'most must be a number of lines, 1 or more.');
    return one(query.region).logs.since(since, most);
  });

  // CreateHostedConfigurationVersion and StartDeployment in one.
  server.put<Query>('/configuration', { bodyLimit: BODY_LIMIT_BYTES }, ({ query, body }) => {
    const content = typeof body === 'string' ? body : '';
    // The standby first: the region that customers use takes only what the other has taken.
    const targets = [...named(query.region ?? 'both')].reverse();
    return Object.fromEntries(
      targets.map(({ role, services }) => {
        const { version, deploymentNumber } = services.appConfig.deploy(content);
        return [role, { version, deploymentNumber, sha256: sha256(content) }];
      }),
    );
  });

  server.get<Query>('/configuration', ({ query }, reply) => {
    void reply.type('application/json');
    return one(query.region).services.appConfig.current().content;
  });
}

/** @throws AwsError 400 with this code where the body is not JSON */
function parseJson(body: unknown, code: string): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    throw new AwsError(400, code, 'The body must be JSON.');
  }
}
