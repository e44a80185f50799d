import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { App, AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { acceptFindings } from '../accepted-findings';
import { createRole, type Statement } from '../iam';
import { createLogGroup } from '../log-group';
import { writeTraces } from '../monitoring/tracing';
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
  /** Seconds after which Lambda ends a call. */
  readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: AssistantFunctionProps) {
    super(scope, id);
    const { config, provider, region, entry } = props;
    const name = `${config.project}-${id}`;
    this.name = name;
    this.timeoutSeconds = props.timeoutSeconds;
    const logs = createLogGroup(this, 'logs', props, `/aws/lambda/${name}`);
    const { role, permissions } = createRole(this, props, {
      // Roles are global: both regions have one of each.
      name: `${name}-${region}`,
      service: 'lambda.amazonaws.com',
      statements: [
        { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logs.arn}:*`] },
        ...writeTraces(config),
        ...props.statements,
      ],
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
      // Left out, the provider would keep what was there before.
      tracingConfig: { mode: config.tracing ? 'Active' : 'PassThrough' },
      // The state machine calls a version: a deployment in the middle of an execution changes nothing for it.
      publish: true,
      // A call before the permissions or the log group exist would fail, or make a log group that never expires.
      dependsOn: [permissions, logs],
    });
    acceptFindings(this.function, {
      ...(props.reservedConcurrency === undefined && {
        CKV_AWS_115:
          'A reserve is taken from all others: reservedConcurrency and healthCheck’s say where there is one.',
      }),
      CKV_AWS_116: 'It is called synchronously: nothing waits in a queue that could be lost.',
      CKV_AWS_117: 'It calls AWS’s public APIs alone: a VPC would need an endpoint for each, which can fail.',
      CKV_AWS_173: 'Nothing in it is secret: names, limits, hashes of keys; Lambda’s own key encrypts it.',
      CKV_AWS_272: 'Its code is what the plan names by its hash; nobody else may deploy it.',
    });
  }
}
