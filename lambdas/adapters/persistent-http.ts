import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

type Handle = NodeHttpHandler['handle'];

/** Assumed: nothing on the way closes a connection that has been idle for less, and what is used breaks by a fault. */
const IDLE_MS = 5_000;

/** Within so long, one that is closed says so: what breaks later was heard, and may have been done. */
const ROUND_TRIP_MS = 250;

/**
 * HTTP by connections that are kept open. A service closes an idle one while its instance is frozen, and the first
 * request after that meets it: nothing was done of it, so that it goes out anew, by a new connection. Whatever else breaks
 * has failed. Told apart by time alone, one in many may be done twice.
 * https://nodejs.org/api/http.html#requestreusedsocket https://github.com/aws/aws-sdk-js-v3/issues/1196
 */
export class PersistentHttp extends NodeHttpHandler {
  private readonly agents: readonly HttpAgent[];
  private readonly staleness: WeakSet<object>;

  constructor(limits: Pick<NodeHttpHandlerOptions, 'connectionTimeout'> = {}) {
    const staleness = new WeakSet();
    const httpAgent = watched(new HttpAgent({ keepAlive: true }), staleness);
    const httpsAgent = watched(new HttpsAgent({ keepAlive: true }), staleness);
    super({ ...limits, httpAgent, httpsAgent });
    this.agents = [httpAgent, httpsAgent];
    this.staleness = staleness;
  }

  override async handle(...asked: Parameters<Handle>): ReturnType<Handle> {
    try {
      return await super.handle(...asked);
    } catch (error) {
      if (!this.staleness.has(error as object)) throw error;
      this.closeIdle();
      return super.handle(...asked);
    }
  }

  /** What else is kept open may be as old. */
  private closeIdle(): void {
    const idle = this.agents.flatMap(({ freeSockets }) => Object.values(freeSockets));
    for (const socket of idle.flat()) socket?.destroy();
  }
}

/** @param staleness takes up the errors of requests that go by a connection which was idle before */
function watched<Agent extends HttpAgent>(agent: Agent, staleness: WeakSet<object>): Agent {
  const idleSince = new WeakMap<object, number>();
  const [keep, reuse] = [agent.keepSocketAlive.bind(agent), agent.reuseSocket.bind(agent)];
  agent.keepSocketAlive = (socket) => {
    idleSince.set(socket, Date.now());
    // eslint-disable-next-line @typescript-eslint/no-confusing-void-expression -- whether to keep it: its type is wrong
    return keep(socket);
  };
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    const began = Date.now();
    if (began - (idleSince.get(socket) ?? Infinity) < IDLE_MS) return;
    request.once('error', (error) => {
      if (Date.now() - began < ROUND_TRIP_MS) staleness.add(error);
    });
  };
  return agent;
}
