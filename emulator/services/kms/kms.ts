import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, parseJson, type Reply } from '../../platform/http/server';
import { parse } from '../../platform/http/constraints';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import type { Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';

const MAX_BODY_BYTES = 64 * 1024;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

export interface KmsOptions {
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
    protocol: 'awsJson1_0',
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
  if (!key) throw new AwsError(400, 'NotFoundException', `Key '${KeyId}' does not exist`);
  const arn = text(key, 'arn');
  requirePermission(() => authorize?.(accessKeyId, 'kms:DescribeKey', arn));
  const KeyMetadata = { KeyId: text(key, 'key_id'), Arn: arn, Enabled: true, KeyState: 'Enabled' };
  return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body: { KeyMetadata } };
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
