/** Credentials as Lambda puts them into a function's environment. */
export interface Credentials {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

/** Temporary credentials of roles: services learn from a signature whose permissions apply. */
export class RoleSessions {
  private readonly roles = new Map<string, string>();

  /** @returns credentials that stand for the role, and for nothing outside this run */
  issue(roleArn: string): Credentials {
    const accessKeyId = `ASIALOCAL${String(this.roles.size + 1).padStart(7, '0')}`;
    this.roles.set(accessKeyId, roleArn);
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local' };
  }

  /** @returns the role's ARN; of a key that is none of ours, the key itself, which no policy knows */
  roleOf(accessKeyId: string): string {
    return this.roles.get(accessKeyId) ?? accessKeyId;
  }
}
