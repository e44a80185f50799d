import type { Reply } from '../../../platform/http/server';
import { requireWriteConditions } from '../http/conditions';
import { invalidArgument } from '../http/errors';
import {
  checksumHeaders,
  encryptionHeaders,
  keptHeaders,
  requireBucketEncryption,
  versionHeaders,
} from '../http/object-headers';
import { receiveContent } from '../http/receive';
import type { Call, Operation } from './operation';
import { getObject, headObject } from './read-object';

async function putObject({ request: { key, message }, bucket }: Call): Promise<Reply> {
  const { settings, files, versions } = bucket;
  const headers = keptHeaders(message.headers);
  requireBucketEncryption(message.headers, settings);
  const content = await receiveContent(message, files);
  try {
    // Asked at the end, so that of two writers who both saw no object only one succeeds.
    requireWriteConditions(message.headers, key, versions.current(key));
  } catch (error) {
    await files.remove(content.file);
    throw error;
  }
  const object = await bucket.add({
    ...content,
    key,
    headers,
    etag: bucket.etagOf(content.md5),
    checksum: { ...content.checksum, type: 'FULL_OBJECT' },
  });
  return {
    status: 200,
    headers: {
      etag: object.etag,
      ...checksumHeaders(object.checksum),
      ...versionHeaders(object),
      ...encryptionHeaders(settings.encryption),
    },
  };
}

async function deleteObject({ request: { key, query }, bucket }: Call): Promise<Reply> {
  const versionId = query.get('versionId');
  if (versionId === '') throw invalidArgument('versionId', '', 'Version id cannot be the empty string');
  const version = versionId === null ? await bucket.delete(key) : await bucket.deleteVersion(key, versionId);
  return {
    status: 204,
    headers: {
      ...(version && versionHeaders(version)),
      ...(version?.kind === 'delete marker' && { 'x-amz-delete-marker': 'true' }),
    },
  };
}

const READ = {
  on: 'object',
  options: ['versionId'],
  action: 's3:GetObject',
  versionAction: 's3:GetObjectVersion',
} as const;

export const objectOperations: readonly Operation[] = [
  {
    name: 'PutObject',
    method: 'PUT',
    on: 'object',
    action: 's3:PutObject',
    key: ['kms:GenerateDataKey'],
    run: putObject,
  },
  { name: 'GetObject', method: 'GET', ...READ, key: ['kms:Decrypt'], run: getObject },
  { name: 'HeadObject', method: 'HEAD', ...READ, key: ['kms:Decrypt'], run: headObject },
  {
    name: 'DeleteObject',
    method: 'DELETE',
    on: 'object',
    options: ['versionId'],
    action: 's3:DeleteObject',
    versionAction: 's3:DeleteObjectVersion',
    run: deleteObject,
  },
];
