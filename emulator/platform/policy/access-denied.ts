import type { Verdict } from './statement';

/** IAM's refusal, worded as AWS words it. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';

  /** @param reason no statement allows it, or one denies it */
  constructor(
    readonly roleArn: string,
    readonly action: string,
    readonly resource: string,
    reason: Exclude<Verdict, 'allowed'>,
  ) {
    const because =
      reason === 'explicitly denied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`;
    super(
      `User: ${sessionOf(roleArn)} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
    );
  }
}

/** A service acts with a session of the role: arn:aws:iam::A:role/path/NAME -> arn:aws:sts::A:assumed-role/NAME/local */
const sessionOf = (roleArn: string): string =>
  roleArn.replace(/^arn:aws:iam::(\d*):role\/(?:.*\/)?([^/]+)$/, 'arn:aws:sts::$1:assumed-role/$2/local');
