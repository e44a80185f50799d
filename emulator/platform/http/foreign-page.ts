import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error';

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

const REFUSAL = {
  error: {
    code: 'forbidden',
    message:
      'This port is for this machine alone: use localhost or 127.0.0.1, and no page of another origin.',
  },
} as const;

/**
 * What a request gets, with status 403, that a web page in a browser on this machine may have sent: by its own Origin,
 * or by a name of its own that it lets point to the loopback address. API Gateway asks neither, but has no developer's
 * money behind a port that every page can reach.
 *
 * @param names besides the loopback address's, as which the port may be asked
 */
export function foreignPageRefusal(
  { host = '', origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>,
  names: readonly string[] = [],
): typeof REFUSAL | undefined {
  const isKnown = (url: string) => [...LOOPBACK_NAMES, ...names].includes(hostnameOf(url));
  const isForeign = !isKnown(`http://${host}`) || (origin !== undefined && !isKnown(origin));
  return isForeign ? REFUSAL : undefined;
}

/**
 * The same at a port of a service: what signs, with whatever secret, is taken, and so is a page that has let a name of
 * its own point here. @throws AwsError 403
 */
export function refuseForeignPage(headers: IncomingHttpHeaders): void {
  const refusal = foreignPageRefusal(headers);
  if (refusal) throw new AwsError(403, 'AccessDeniedException', refusal.error.message);
}

/** Empty for what is no URL, such as the origin `null`. */
function hostnameOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}
