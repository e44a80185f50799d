import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { text } from '../../platform/http/constraints';
import { ACCOUNT } from '../../stack/placement';
import { type Call, conflict, encodeCursor, type ListQuery, notFound } from './http';

/** Source of lengths and patterns: Bedrock API reference, `CreateModelCustomizationJob`. */
export const clientRequestToken = text(1, 256, /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?$/).nullish();
export const resourceName = text(1, 63, /^([0-9a-zA-Z][_-]?){1,63}$/);

/** The last part of an ARN: 12 characters of `[a-z0-9]`. */
export const newId = (): string =>
  BigInt(`0x${randomBytes(12).toString('hex')}`)
    .toString(36)
    .padStart(12, '0')
    .slice(-12);

/** @param resource e.g. `custom-model-deployment/abcdefghijkl` */
export const arnOf = (region: string, resource: string): string =>
  `arn:aws:bedrock:${region}:${ACCOUNT}:${resource}`;

export const foundationModelArn = (region: string, id: string): string =>
  `arn:aws:bedrock:${region}::foundation-model/${id}`;

/** A resource that can be named and listed. */
export interface Listed {
  readonly arn: string;
  readonly name: string;
  /** milliseconds since the epoch */
  readonly createdAt: number;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** The resources of one kind, in the order of their creation. */
export class Registry<T extends Listed> {
  private readonly entries = new Map<string, { readonly sequence: number; readonly item: T }>();
  private created = 0;

  /** Adds a resource, or replaces the one of the same ARN. */
  put(item: T): T {
    const sequence = this.entries.get(item.arn)?.sequence ?? (this.created += 1);
    this.entries.set(item.arn, { sequence, item });
    return item;
  }

  remove(arn: string): void {
    this.entries.delete(arn);
  }

  has(arn: string): boolean {
    return this.entries.has(arn);
  }

  /** @param identifier ARN or name */
  find(identifier: string): T | undefined {
    return this.entries.get(identifier)?.item ?? this.all().find(({ name }) => name === identifier);
  }

  all(): readonly T[] {
    return [...this.entries.values()].map(({ item }) => item);
  }

  /** @param keep a List operation's own filter */
  page({ cursor, sortOrder, maxResults }: ListQuery, keep: (item: T) => boolean = () => true): Page<T> {
    const ascending = sortOrder === 'Ascending';
    const found = [...this.entries.values()]
      .filter(
        ({ sequence, item }) =>
          (cursor === undefined || (ascending ? sequence > cursor : sequence < cursor)) && keep(item),
      )
      .sort((a, b) => (ascending ? a.sequence - b.sequence : b.sequence - a.sequence));
    const shown = found.slice(0, maxResults);
    const last = shown.at(-1);
    return {
      items: shown.map(({ item }) => item),
      ...(found.length > shown.length && last && { nextToken: encodeCursor(last.sequence) }),
    };
  }
}

interface Repeatable {
  readonly clientRequestToken?: string | null | undefined;
}

/**
 * The requests of one operation, by their `clientRequestToken`: a repeated one is answered, and not carried out, again.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export class ClientTokens {
  private readonly requests = new Map<string, { readonly request: Repeatable; readonly arn: string }>();

  /**
   * @param make carries the request out, and returns the ARN of what it has made
   * @returns the ARN of what this request, or an earlier one with its token, has made
   * @throws AwsError ConflictException when the earlier request had other parameters
   */
  once(request: Repeatable, make: () => string): string {
    const token = request.clientRequestToken ?? undefined;
    const earlier = token === undefined ? undefined : this.requests.get(token);
    if (earlier !== undefined && !isDeepStrictEqual(earlier.request, request)) {
      throw conflict('The client request token was used before, with other parameters.');
    }
    if (earlier !== undefined) return earlier.arn;
    const arn = make();
    if (token !== undefined) this.requests.set(token, { request, arn });
    return arn;
  }
}

/**
 * Finds the resource of a call's path, by ARN or name. Permission is asked before existence is told.
 * @param what it is, e.g. `The custom model`
 */
export const finder =
  <T extends Listed>(register: Registry<T>, what: string) =>
  /** @throws AwsError AccessDeniedException, ResourceNotFoundException */
  (call: Call, action: string): T => {
    const { identifier } = call;
    const found = register.find(identifier);
    call.permit(action, found?.arn ?? identifier);
    if (found === undefined) throw notFound(what, identifier);
    return found;
  };
