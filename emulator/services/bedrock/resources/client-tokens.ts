import { isDeepStrictEqual } from 'node:util';
import { conflict } from '../http/errors';

/**
 * The requests of one operation, by their `clientRequestToken`: a repeated one is answered, and not carried out, again.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export class ClientTokens {
  private readonly requests = new Map<string, { readonly request: unknown; readonly arn: string }>();

  /**
   * The ARN of what an earlier request with this token has made.
   * @throws AwsError ConflictException when that request had other parameters
   */
  earlier(token: string | undefined, request: unknown): string | undefined {
    const earlier = token === undefined ? undefined : this.requests.get(token);
    if (earlier === undefined) return undefined;
    if (!isDeepStrictEqual(earlier.request, request)) {
      throw conflict('The client request token was used before, with other parameters.');
    }
    return earlier.arn;
  }

  remember(token: string | undefined, request: unknown, arn: string): void {
    if (token !== undefined) this.requests.set(token, { request, arn });
  }
}
