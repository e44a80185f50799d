import type { FastifyReply, FastifyRequest } from 'fastify';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * A web page that a browser on this machine shows could reach the control port, too: by its own Origin, or by a
 * name of its own that it lets point to the loopback address.
 */
export async function refuseForeign(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host, origin } = request.headers;
  if (isLoopback(`http://${host ?? ''}`) && (origin === undefined || isLoopback(origin))) return;
  await reply.code(403).send({
    error: {
      code: 'forbidden',
      message: 'The control port is for this machine alone: use localhost or 127.0.0.1.',
    },
  });
}

function isLoopback(url: string): boolean {
  try {
    return LOOPBACK_NAMES.has(new URL(url).hostname);
  } catch {
    return false;
  }
}
