import type { Values } from '../../protocol/values';
import { idOf } from '../account';
import { Refusal } from '../refusal';
import { list, need, only, type Context, type Rules } from './rule';

/**
 * Concurrency that Lambda keeps unreserved: 100, or all of a quota that is smaller
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
 */
const MIN_UNRESERVED = 100;

/** What a function may change in without another version: none of its code or configuration. */
const UNVERSIONED = new Set(['tags', 'tags_all', 'reserved_concurrent_executions']);

const named = (argument: string, code: string, message: (name: string) => string) => ({
  by: [argument],
  refusal: (values: Values) => new Refusal(code, message(String(values[argument]))),
});

export const compute: Rules = {
  aws_lambda_function: {
    unique: named('function_name', 'ResourceConflictException', (name) => `Function already exist: ${name}`),
    needs: [
      need(
        'role',
        ['aws_iam_role', 'arn'],
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      ),
    ],
    // A second call of the API: the function is there, and Terraform has marked it as tainted, when it is refused.
    afterChange: (values, { account, settings, region }) => {
      const reserved = (each: Values) => Math.max(0, Number(each.reserved_concurrent_executions ?? -1));
      const others = account
        .all('aws_lambda_function', region)
        .filter((other) => other.values.id !== values.id)
        .reduce((sum, other) => sum + reserved(other.values), 0);
      const least = Math.min(MIN_UNRESERVED, settings.concurrentExecutions);
      if (reserved(values) > 0 && settings.concurrentExecutions - others - reserved(values) < least) {
        throw new Refusal(
          'InvalidParameterValueException',
          'Specified ReservedConcurrentExecutions for function decreases account’s ' +
            `UnreservedConcurrentExecution below its minimum value of [${least}].`,
          values,
        );
      }
    },
    // With all its versions and aliases: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
    beforeDelete: ({ function_name: name }, { account, region }) => {
      for (const { type, values } of account.all('aws_lambda_alias', region))
        if (values.function_name === name) account.delete(type, region, idOf(type, values));
    },
    recomputed: (prior, planned) => {
      const changed = Object.keys(planned).filter(
        (name) => JSON.stringify(prior[name]) !== JSON.stringify(planned[name]),
      );
      if (changed.every((name) => UNVERSIONED.has(name))) return [];
      const version = planned.publish === true ? ['version', 'qualified_arn', 'qualified_invoke_arn'] : [];
      return ['last_modified', ...(changed.includes('source_code_hash') ? ['code_sha256'] : []), ...version];
    },
    computed: (values, { account }) => {
      const arn = String(values.arn);
      const version = values.publish === true ? String(account.next(`versions of ${arn}`)) : '$LATEST';
      const invokeArn = String(values.invoke_arn);
      return {
        architectures: ['x86_64'],
        version,
        qualified_arn: `${arn}:${version}`,
        qualified_invoke_arn: invokeArn.replace(arn, `${arn}:${version}`),
        code_sha256: values.source_code_hash ?? null,
        last_modified: new Date().toISOString().replace('Z', '+0000'),
      };
    },
  },
  aws_lambda_alias: {
    unique: {
      by: ['function_name', 'name'],
      refusal: ({ arn }) => new Refusal('ResourceConflictException', `Alias already exists: ${String(arn)}`),
    },
    // https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html; what it says of a version is not documented.
    beforeChange: ({ function_name: name, function_version: version }, { find }) => {
      const fn = find('aws_lambda_function', 'function_name', name);
      if (fn === undefined || Number(version) > Number(fn.version))
        throw new Refusal(
          'ResourceNotFoundException',
          `Function not found: ${String(name)}:${String(version)}`,
        );
    },
  },
  aws_sfn_state_machine: {
    unique: named('name', 'StateMachineAlreadyExists', (name) => `State Machine Already Exists: '${name}'`),
    needs: [
      need(
        'role_arn',
        ['aws_iam_role', 'arn'],
        'AccessDeniedException',
        'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
      ),
    ],
    beforeCreate: (values, context) => {
      checkLogGroup(only(values.logging_configuration).log_destination, context);
    },
    computed: () => ({ creation_date: new Date().toISOString() }),
  },
  aws_scheduler_schedule: {
    unique: named('name', 'ConflictException', (name) => `Schedule ${name} already exists.`),
    beforeCreate: ({ target }, { find }) => {
      if (find('aws_iam_role', 'arn', only(target).role_arn) === undefined) {
        throw new Refusal(
          'ValidationException',
          'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
        );
      }
    },
    computed: () => ({ action_after_completion: 'NONE', group_name: 'default' }),
  },
  aws_cloudwatch_log_group: {
    unique: named('name', 'ResourceAlreadyExistsException', () => 'The specified log group already exists'),
    computed: () => ({ log_group_class: 'STANDARD' }),
  },
  aws_dynamodb_table: {
    unique: named('name', 'ResourceInUseException', (name) => `Table already exists: ${name}`),
    beforeChange: (planned, { find }) => {
      const regions = replicasOf(planned).map(({ region_name }) => region_name);
      const deployed = find('aws_dynamodb_table', 'name', planned.name) ?? {};
      refuseProtected(
        deployed,
        replicasOf(deployed).filter(({ region_name }) => !regions.includes(region_name)),
      );
    },
    // The provider deletes replicas first.
    beforeDelete: (values) => {
      refuseProtected(values, replicasOf(values));
      if (values.deletion_protection_enabled === true) {
        throw new Refusal(
          'ValidationException',
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        );
      }
    },
    computed: () => ({ read_capacity: 0, write_capacity: 0 }),
  },
  aws_sagemaker_model_package_group: {
    unique: named(
      'model_package_group_name',
      'ValidationException',
      (name) => `Model Package Group already exists: ${name}`,
    ),
    // The one error that its reference names; AWS's own words have not been seen:
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteModelPackageGroup.html
    beforeDelete: ({ model_package_group_name: name }, { settings }) => {
      if (settings.groupsWithPackages?.includes(String(name)))
        throw new Refusal('ConflictException', `Model Package Group ${String(name)} has Model Packages.`);
    },
  },
};

const replicasOf = ({ replica }: Values) => list(replica) as readonly Values[];

/**
 * A replica's protection is its own, and is asked for as it stands: who would take the replica away is refused, even where
 * the same change ends the protection. Seen on AWS in October 2026 (ack-api-quirks, DDB-TABLE-327).
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-bestpractices.html
 */
function refuseProtected({ name }: Values, replicas: readonly Values[]): void {
  const kept = replicas.find(({ deletion_protection_enabled }) => deletion_protection_enabled === true);
  if (kept === undefined) return;
  throw new Refusal(
    'ValidationException',
    `Cannot delete table ${String(name)} in region ${String(kept.region_name)} because it has deletion protection enabled. Disable deletion protection first.`,
  );
}

function checkLogGroup(destination: unknown, { find }: Context): void {
  if (typeof destination !== 'string') return;
  if (find('aws_cloudwatch_log_group', 'arn', destination.replace(/:\*$/, '')) === undefined) {
    throw new Refusal('InvalidLoggingConfiguration', `Log Destination ${destination} does not exist.`);
  }
}
