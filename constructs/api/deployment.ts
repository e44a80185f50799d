import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment';
import {
  ApiGatewayMethodSettings,
  type ApiGatewayMethodSettingsConfig,
} from '@cdktf/provider-aws/lib/api-gateway-method-settings';
import type { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { ApiGatewayStage, type ApiGatewayStageConfig } from '@cdktf/provider-aws/lib/api-gateway-stage';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Fn, type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { acceptFindings } from '../accepted-findings';
import { NOT_TRACED } from '../monitoring/tracing';
import { LIVE } from './live-alias';

export interface StageProps {
  readonly provider: AwsProvider;
  readonly api: ApiGatewayRestApi;
  readonly stageName: string;
  readonly isTraced: boolean;
  readonly dependsOn?: readonly ITerraformDependable[];
  /** @default - requests are not logged */
  readonly logging?: Pick<ApiGatewayStageConfig, 'accessLogSettings' | 'dependsOn'>;
}

export interface LiteralArnsProps {
  readonly region: string;
  readonly account: string;
  readonly stateMachine: SfnStateMachine;
}

/** Deploys the API, and again whenever its body changes: what a stage serves is a copy. */
export function createStage(
  scope: Construct,
  { provider, api, stageName, isTraced, dependsOn = [], logging }: StageProps,
): ApiGatewayStage {
  const deployment = new ApiGatewayDeployment(scope, 'deployment', {
    provider,
    restApiId: api.id,
    triggers: { redeployment: Fn.sha1(api.body) },
    // The stage moves from one deployment to the next, and is never without.
    lifecycle: { createBeforeDestroy: true },
  });
  const stage = new ApiGatewayStage(scope, 'stage', {
    provider,
    restApiId: api.id,
    deploymentId: deployment.id,
    stageName,
    xrayTracingEnabled: isTraced,
    ...logging,
    dependsOn: [...dependsOn, ...(logging?.dependsOn ?? [])],
  });
  acceptFindings(stage, {
    CKV2_AWS_4: 'Execution logs hold headers and bodies: keys and customers’ text.',
    CKV2_AWS_51: 'Behind it are services of AWS, which know it by its role and look at no certificate.',
    ...(!isTraced && { CKV_AWS_73: NOT_TRACED }),
    CKV_AWS_120: NO_CACHE,
    ...(logging?.accessLogSettings === undefined && {
      CKV_AWS_76: 'Access logs need a role that is the account’s, for all APIs there: accessLogs says so.',
    }),
  });
  return stage;
}

const NO_CACHE = 'An answer is its caller’s own, and health is what it is now.';

/** Throttles of a stage's methods. */
export function createMethodSettings(
  scope: Construct,
  id: string,
  config: Pick<
    ApiGatewayMethodSettingsConfig,
    'provider' | 'restApiId' | 'stageName' | 'methodPath' | 'settings'
  >,
): void {
  acceptFindings(new ApiGatewayMethodSettings(scope, id, config), { CKV_AWS_225: NO_CACHE });
}

/**
 * What a deployed method may name of the rest of the stack. By reference it would be drawn into the deployment's
 * create_before_destroy with all that it depends on, down to functions and roles, and AWS refuses a second one of the
 * same name: a function that is tainted could never be replaced.
 */
export function literalArns({ region, account, stateMachine }: LiteralArnsProps) {
  return {
    stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:${stateMachine.nameInput ?? ''}`,
    /** Of its alias. */
    functionArn: ({ functionNameInput }: LambdaFunction) =>
      `arn:aws:lambda:${region}:${account}:function:${functionNameInput ?? ''}:${LIVE}`,
    roleArn: ({ nameInput }: IamRole) => `arn:aws:iam::${account}:role/${nameInput ?? ''}`,
  };
}
