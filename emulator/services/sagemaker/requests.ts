import { z } from 'zod';
import { type AwsError, validationError } from '../../platform/http/aws-error';
import { text } from '../../platform/http/constraints';

/** Source of names, lengths and patterns: SageMaker API reference, the operations on model packages. */
const groupName = text(
  1,
  170,
  /^(arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:[a-z-]*\/)?[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/,
);
const packageName = text(
  1,
  176,
  /^(arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:[a-z-]*\/)?[a-zA-Z0-9][a-zA-Z0-9-]{0,62}(\/[0-9]{1,9})?$/,
);
const approvalStatus = z.enum(['Approved', 'Rejected', 'PendingManualApproval']);
const clientToken = text(1, 36, /^[a-zA-Z0-9-]+$/).optional();
const metadata = z
  .record(text(1, 128, /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u), text(1, 256, /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u))
  .refine((entries) => Object.keys(entries).length <= 50, 'Member must have length less than or equal to 50')
  .refine((entries) => Object.keys(entries).length > 0, 'Member must have length greater than or equal to 1');

/**
 * A version in a group. Tags and a ModelPackageName are for packages outside a group, which are not emulated, nor are
 * inference specifications: a model that Bedrock serves has no container. Unlike on AWS, members that are not here are
 * refused, in all requests that have more.
 */
export const createSchema = z.strictObject({
  ModelPackageGroupName: groupName,
  ModelPackageDescription: text(0, 1024).optional(),
  ModelApprovalStatus: approvalStatus.default('PendingManualApproval'),
  CustomerMetadataProperties: metadata.optional(),
  ClientToken: clientToken,
});

export const namedSchema = z.object({ ModelPackageName: packageName });

export const updateSchema = z.strictObject({
  ModelPackageArn: packageName,
  ModelApprovalStatus: approvalStatus.optional(),
  ApprovalDescription: text(0, 1024).optional(),
  CustomerMetadataProperties: metadata.optional(),
  ClientToken: clientToken,
});

export const listSchema = z.strictObject({
  ModelPackageGroupName: groupName.optional(),
  MaxResults: z
    .int('Member must be an integer')
    .min(1)
    .max(100, 'Member must be less than or equal to 100')
    .default(10),
  NextToken: text(0, 8192, /^\d{1,9}$/).optional(),
  SortBy: z.enum(['Name', 'CreationTime']).optional(),
  SortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
});

export type CreateRequest = z.output<typeof createSchema>;
export type UpdateRequest = z.output<typeof updateSchema>;
export type ListRequest = z.output<typeof listSchema>;

/** What SageMaker answers for a name that it does not find, too: a plain ValidationException. */
export const doesNotExist = (what: string, name: string): AwsError =>
  validationError(`${what} ${name} does not exist.`);
