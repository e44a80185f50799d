import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment';
import type { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Fn, type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

export interface StageProps {
  readonly provider: AwsProvider;
  readonly api: ApiGatewayRestApi;
  readonly stageName: string;
  readonly dependsOn?: readonly ITerraformDependable[];
}

export interface LiteralArnsProps {
  readonly region: string;
  readonly account: string;
  readonly stateMachine: SfnStateMachine;
}

/** Deploys the API, and again whenever its body changes: what a stage serves is a copy. */
export function createStage(
  scope: Construct,
  { provider, api, stageName, dependsOn = [] }: StageProps,
): ApiGatewayStage {
  const deployment = new ApiGatewayDeployment(scope, 'deployment', {
    provider,
    restApiId: api.id,
    triggers: { redeployment: Fn.sha1(api.body) },
    // The stage moves from one deployment to the next, and is never without.
    lifecycle: { createBeforeDestroy: true },
  });
  return new ApiGatewayStage(scope, 'stage', {
    provider,
    restApiId: api.id,
    deploymentId: deployment.id,
    stageName,
    dependsOn: [...dependsOn],
  });
}

/**
 * What a deployed method may name of the rest of the stack. By reference it would be drawn into the deployment's
 * create_before_destroy with all that it depends on, down to functions and roles, and AWS refuses a second one of the
 * same name: a function that is tainted could never be replaced.
 */
export function literalArns({ region, account, stateMachine }: LiteralArnsProps) {
  return {
    stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:${stateMachine.nameInput ?? ''}`,
    functionArn: ({ functionNameInput }: LambdaFunction) =>
      `arn:aws:lambda:${region}:${account}:function:${functionNameInput ?? ''}`,
    roleArn: ({ nameInput }: IamRole) => `arn:aws:iam::${account}:role/${nameInput ?? ''}`,
  };
}
