import { isDeepStrictEqual } from 'node:util';
import { AwsError, validationError } from '../../platform/http/aws-error';
import { type CreateRequest, doesNotExist, type ListRequest, type UpdateRequest } from './requests';

/** A version in the group. */
interface ModelPackage extends Omit<CreateRequest, 'ModelPackageGroupName' | 'ClientToken'> {
  readonly arn: string;
  /** from 1; that of a deleted version is not given again */
  readonly version: number;
  /** seconds since the epoch, as are all times here */
  readonly createdAt: number;
  readonly changedAt: number;
  readonly approvalDescription?: string | undefined;
}

/** A group's versions. */
export class ModelPackages {
  private readonly versions = new Map<string, ModelPackage>();
  private readonly tokens = new Map<string, { readonly request: CreateRequest; readonly arn: string }>();
  private created = 0;

  /**
   * @param prefix ARN of the group's versions, up to their number
   * @param now seconds since the epoch
   */
  constructor(
    private readonly prefix: string,
    private readonly now: () => number,
  ) {}

  /**
   * @returns the version's ARN, or that of the one which the same request has made before
   * @throws AwsError ConflictException when a request with this token had other parameters
   */
  create(request: CreateRequest): string {
    const { ModelPackageGroupName: _group, ClientToken: token, ...members } = request;
    const earlier = token === undefined ? undefined : this.tokens.get(token);
    if (earlier !== undefined) {
      if (isDeepStrictEqual(earlier.request, request)) return earlier.arn;
      throw new AwsError(
        400,
        'ConflictException',
        'The client token was used before, with other parameters.',
      );
    }
    this.created += 1;
    const arn = `${this.prefix}/${this.created}`;
    const now = this.now();
    this.versions.set(arn, { ...members, arn, version: this.created, createdAt: now, changedAt: now });
    if (token !== undefined) this.tokens.set(token, { request, arn });
    return arn;
  }

  /** @param name of a version, whether there is one or not: its ARN, or `GROUP/VERSION` */
  arnOf(name: string): string {
    return name.startsWith('arn:') ? name : this.prefix.replace(/[^/]*$/, name);
  }

  /**
   * @param name its ARN, or `GROUP/VERSION`
   * @throws AwsError ValidationException
   */
  get(name: string): ModelPackage {
    const found = this.versions.get(this.arnOf(name));
    if (found === undefined) throw doesNotExist('ModelPackage', name);
    return found;
  }

  /** @throws AwsError ValidationException */
  update(request: UpdateRequest): ModelPackage {
    const before = this.get(request.ModelPackageArn);
    const properties = { ...before.CustomerMetadataProperties, ...request.CustomerMetadataProperties };
    if (Object.keys(properties).length > 50)
      throw validationError('A model package has 50 customer metadata properties at most.');
    const after: ModelPackage = {
      ...before,
      ...(request.CustomerMetadataProperties && { CustomerMetadataProperties: properties }),
      ModelApprovalStatus: request.ModelApprovalStatus ?? before.ModelApprovalStatus,
      approvalDescription: request.ApprovalDescription ?? before.approvalDescription,
      changedAt: this.now(),
    };
    this.versions.set(after.arn, after);
    return after;
  }

  /** @throws AwsError ValidationException */
  delete(name: string): void {
    this.versions.delete(this.get(name).arn);
  }

  /** A page: the token is the last version shown. Versions of one group are in the order of their creation. */
  page({ MaxResults, NextToken, SortOrder }: ListRequest): {
    readonly items: readonly ModelPackage[];
    readonly nextToken?: string;
  } {
    const ascending = SortOrder === 'Ascending';
    const after = NextToken === undefined ? undefined : Number(NextToken);
    const found = [...this.versions.values()]
      .filter(({ version }) => after === undefined || (ascending ? version > after : version < after))
      .sort((a, b) => (ascending ? a.version - b.version : b.version - a.version));
    const items = found.slice(0, MaxResults);
    const last = items.at(-1);
    return { items, ...(found.length > items.length && last && { nextToken: String(last.version) }) };
  }
}

/** An entry of ListModelPackages. */
export function packageSummary(item: ModelPackage, groupName: string): object {
  return {
    ModelPackageGroupName: groupName,
    ModelPackageVersion: item.version,
    ModelPackageArn: item.arn,
    ModelPackageDescription: item.ModelPackageDescription,
    CreationTime: item.createdAt,
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: item.ModelApprovalStatus,
  };
}

/** Answer of DescribeModelPackage: a version is completed at once, since nothing of it is validated. */
export function packageView(item: ModelPackage, groupName: string): object {
  return {
    ...packageSummary(item, groupName),
    ModelPackageName: groupName,
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    CustomerMetadataProperties: item.CustomerMetadataProperties,
    ApprovalDescription: item.approvalDescription,
    LastModifiedTime: item.changedAt,
  };
}
