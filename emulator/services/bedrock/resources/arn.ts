import { randomBytes } from 'node:crypto';

/** The last part of an ARN: 12 characters of `[a-z0-9]`. */
export const newId = (): string =>
  BigInt(`0x${randomBytes(12).toString('hex')}`)
    .toString(36)
    .padStart(12, '0')
    .slice(-12);

export interface Place {
  readonly region: string;
  readonly account: string;
}

/** @param resource e.g. `custom-model-deployment/abcdefghijkl` */
export const arnOf = ({ region, account }: Place, resource: string): string =>
  `arn:aws:bedrock:${region}:${account}:${resource}`;

export const foundationModelArn = (region: string, id: string): string =>
  `arn:aws:bedrock:${region}::foundation-model/${id}`;
