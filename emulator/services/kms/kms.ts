import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, parseJson, type Reply } from '../../platform/http/server';
import { parse } from '../../platform/http/constraints';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { ACCOUNT } from '../../stack/placement';
import type { Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';

const MAX_BODY_BYTES = 64 * 1024;

interface KmsOptions {
  readonly stack: Pick<Stack, 'of' | 'region'>;
  /** throws an error named `AccessDenied...` when this caller may not do this; default: all may */
  readonly authorize?: (accessKeyId: string, action: string, resource: string) => void;
}

const describeKeySchema = z.object({ KeyId: z.string().min(1).max(2048) });

/**
 * KMS in one region. DescribeKey alone is emulated, of the stack's keys by ID, ARN, alias or alias ARN.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
 */
export const createKms = (options: KmsOptions): AwsServer =>
  new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    protocol: 'awsJson1_1',
    handle: (request) => Promise.resolve(describeKey(request, options)),
  });

function describeKey({ headers, body }: AwsRequest, { stack, authorize }: KmsOptions): Reply {
  const { accessKeyId } = requireScope(headers.authorization, { region: stack.region, service: 'kms' });
  const target = String(headers['x-amz-target'] ?? '');
  if (target !== 'TrentService.DescribeKey')
    throw new AwsError(
      400,
      'UnknownOperationException',
      `${target} is no operation of KMS that is emulated.`,
    );
  const { KeyId } = parse(describeKeySchema, parseJson(body));
  const key = stack.of('aws_kms_key').find((candidate) => namesOf(candidate, stack).includes(KeyId));
  const arn = key ? text(key, 'arn') : keyArn(KeyId, stack);
  // Who may not look at a key does not learn either that it is not there; an alias without one has nothing to ask for.
  if (arn !== undefined) requirePermission(() => authorize?.(accessKeyId, 'kms:DescribeKey', arn));
  if (!key) throw new AwsError(400, 'NotFoundException', `Key '${KeyId}' does not exist`);
  const KeyMetadata = { KeyId: text(key, 'key_id'), Arn: arn, Enabled: true, KeyState: 'Enabled' };
  return { status: 200, body: { KeyMetadata } };
}

/** Undefined for an alias. */
function keyArn(id: string, { region }: Pick<Stack, 'region'>): string | undefined {
  if (/^(arn:.*:)?alias\//.test(id)) return undefined;
  return id.startsWith('arn:') ? id : `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`;
}

/** ID, ARN, and the names and ARNs of the aliases that lead to it. */
const namesOf = (key: Resource, stack: Pick<Stack, 'of'>): readonly string[] => [
  text(key, 'key_id'),
  text(key, 'arn'),
  ...stack
    .of('aws_kms_alias')
    .filter((alias) => text(alias, 'target_key_id') === text(key, 'key_id'))
    .flatMap((alias) => [text(alias, 'name'), text(alias, 'arn')]),
];
