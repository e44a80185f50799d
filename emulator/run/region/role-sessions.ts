import type { Authorizer } from '../../platform/policy/authorizer';

/** Credentials as Lambda puts them into a function's environment. */
export interface Credentials {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

/** Credentials of the person at this machine, who may do everything; they are worth nothing outside this run. */
export const OPERATOR = { accessKeyId: 'AKIALOCALOPERATOR', secretAccessKey: 'local' } as const;

/** Configuration of an AWS SDK client by which that person reaches a service of this run. */
export interface ServiceClient {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof OPERATOR;
}

/** Temporary credentials of roles: services learn from a signature whose permissions apply. */
export class RoleSessions {
  private readonly roles = new Map<string, string>();
  private readonly keys = new Map<string, string>();

  constructor(private readonly authorizer: Authorizer) {}

  /** @returns credentials that stand for the role, and for nothing outside this run */
  issue(roleArn: string): Credentials {
    const accessKeyId = this.keys.get(roleArn) ?? `ASIALOCAL${String(this.keys.size + 1).padStart(7, '0')}`;
    this.keys.set(roleArn, accessKeyId);
    this.roles.set(accessKeyId, roleArn);
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local' };
  }

  /** @throws AccessDeniedError unless the policies of the role that signed allow it */
  authorize(accessKeyId: string, action: string, resource: string): void {
    if (accessKeyId === OPERATOR.accessKeyId) return;
    // A key that is none of ours has no role, and what has no role may do nothing.
    this.authorizer.authorize(this.roles.get(accessKeyId) ?? accessKeyId, action, resource);
  }
}
