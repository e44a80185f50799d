import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { App, AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { policy, trustPolicy, type Statement } from '../iam';
import type { PartProps } from '../part-props';
import { bundleFunction, type FunctionEntry } from './bundle';

export interface AssistantFunctionProps extends PartProps {
  readonly entry: FunctionEntry;
  readonly description: string;
  /** Seconds after which Lambda ends a call. */
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: object;
  /** @default - none: the function shares the account's concurrency */
  readonly reservedConcurrency?: number | undefined;
  /** What the function may do besides writing its own log. */
  readonly statements: readonly Statement[];
}

/** A bundled function with a role and a log group of its own. */
export class AssistantFunction extends Construct {
  readonly name: string;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: AssistantFunctionProps) {
    super(scope, id);
    const { config, provider, region, entry } = props;
    const name = `${config.project}-${id}`;
    this.name = name;
    const logs = new CloudwatchLogGroup(this, 'logs', {
      provider,
      name: `/aws/lambda/${name}`,
      retentionInDays: config.logRetentionDays,
    });
    const role = new IamRole(this, 'role', {
      provider,
      // Roles are global: both regions have one of each.
      name: `${name}-${region}`,
      assumeRolePolicy: trustPolicy('lambda.amazonaws.com'),
    });
    const permissions = new IamRolePolicy(this, 'policy', {
      provider,
      name: 'permissions',
      role: role.name,
      policy: policy(
        { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logs.arn}:*`] },
        ...props.statements,
      ),
    });

    const bundle = bundleFunction(entry, join(App.of(this).outdir, 'bundles'));
    const asset = new TerraformAsset(this, 'bundle', {
      path: bundle.path,
      type: AssetType.FILE,
      assetHash: bundle.assetHash,
    });
    this.function = new LambdaFunction(this, 'default', {
      provider,
      functionName: name,
      description: props.description,
      filename: asset.path,
      sourceCodeHash: bundle.sourceCodeHash,
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      role: role.arn,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      environment: { variables: { ...props.environment } },
      // The state machine calls a version: a deployment in the middle of an execution changes nothing for it.
      publish: true,
      // A call before the permissions or the log group exist would fail, or make a log group that never expires.
      dependsOn: [permissions, logs],
    });
  }
}
