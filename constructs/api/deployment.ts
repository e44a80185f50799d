import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment';
import type { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { DefaultTokenResolver, Lazy, StringConcat, TerraformResource, Tokenization } from 'cdktf';
import type { Construct } from 'constructs';
import { createHash } from 'node:crypto';

export interface StageProps {
  readonly provider: AwsProvider;
  readonly api: ApiGatewayRestApi;
  readonly stageName: string;
}

export interface LiteralArnsProps {
  readonly region: string;
  readonly account: string;
  readonly stateMachine: SfnStateMachine;
}

/** What a deployment takes a picture of. */
const DEPLOYED = [
  'aws_api_gateway_resource',
  'aws_api_gateway_method',
  'aws_api_gateway_method_response',
  'aws_api_gateway_integration',
  'aws_api_gateway_integration_response',
  'aws_api_gateway_model',
  'aws_api_gateway_request_validator',
  'aws_api_gateway_gateway_response',
];

/** Deploys everything that the API has below `scope` so far, and again whenever any of it changes. */
export function createStage(scope: Construct, { provider, api, stageName }: StageProps): ApiGatewayStage {
  const parts = scope.node
    .findAll()
    .filter((node): node is TerraformResource => node instanceof TerraformResource)
    .filter((resource) => DEPLOYED.includes(resource.terraformResourceType));
  const deployment = new ApiGatewayDeployment(scope, 'deployment', {
    provider,
    restApiId: api.id,
    triggers: { redeployment: Lazy.stringValue({ produce: () => fingerprint(parts) }) },
    dependsOn: parts,
    lifecycle: { createBeforeDestroy: true },
  });
  return new ApiGatewayStage(scope, 'stage', {
    provider,
    restApiId: api.id,
    deploymentId: deployment.id,
    stageName,
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
    roleArn: ({ nameInput }: IamRole) => `arn:aws:iam::${account}:role/${nameInput ?? ''}`,
  };
}

/** Of what the parts look like in Terraform: the tokens of the construct tree change with things that are not here. */
function fingerprint(parts: readonly TerraformResource[]): string {
  const resolver = new DefaultTokenResolver(new StringConcat());
  const synthesized = parts.map((part): unknown =>
    Tokenization.resolve(part.toTerraform(), { scope: part, resolver, preparing: false }),
  );
  return createHash('sha256').update(JSON.stringify(synthesized)).digest('hex');
}
