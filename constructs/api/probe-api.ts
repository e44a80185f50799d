import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { Apigatewayv2ApiMapping } from '@cdktf/provider-aws/lib/apigatewayv2-api-mapping';
import type { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { openApiDocument } from '../../contract/openapi';
import {
  LAPTOP_PROBE_SECRET,
  MIN_PROBE_SECRET_CHARACTERS,
  PROBE_EVACUATION_PATH,
  PROBE_HEALTH_PATH,
  PROBE_SECRET_VARIABLE,
} from '../../contract/probe';
import type { CustomDomain } from '../failover/custom-domain';
import { createRole } from '../iam';
import type { PartProps } from '../part-props';
import { createMethodSettings, createStage, literalArns } from './deployment';
import { evacuationOperation } from './evacuation-operation';
import { executionIntegration } from './execution-integration';
import { createProbeFirewall } from './firewall';
import { importedBody, importedOperation } from './imported-body';
import { healthRequestTemplate, probeNotStartedTemplate } from './templates';

export interface ProbeApiProps extends PartProps {
  readonly stateMachine: SfnStateMachine;
  /** Where the evacuation switch is. */
  readonly switches: DynamodbTable;
  /** The region's own name, under which it is asked. */
  readonly regionalDomain: CustomDomain;
}

/** Some 16 checkers ask each path every 10 s at the most. */
const THROTTLE = { throttlingRateLimit: 20, throttlingBurstLimit: 40 };

const MAKE_ONE = 'Make one by: npm run assistant -- secret';

/** Not the variable's own validation: where that fails, Terraform 1.11 prints the value, sensitive or not. */
const SECRET_CONDITIONS = [
  {
    condition: `\${can(regex("^[A-Za-z0-9_-]{${MIN_PROBE_SECRET_CHARACTERS},128}$", var.${PROBE_SECRET_VARIABLE}))}`,
    errorMessage: `The probe secret has ${MIN_PROBE_SECRET_CHARACTERS} to 128 letters, digits, "-" or "_". ${MAKE_ONE}`,
  },
  {
    condition: `\${var.${PROBE_SECRET_VARIABLE} != "${LAPTOP_PROBE_SECRET}"}`,
    errorMessage: `This probe secret is the one of a run on a laptop, which everybody knows. ${MAKE_ONE}`,
  },
];

/**
 * What Route 53 asks, as an API of its own: its only address is the region's name and the secret. So a stranger can
 * take no token of its throttle, and reaches the evacuation switch by no path at all.
 *
 * The secret is the key of an API mapping, since that is where Terraform shows it nowhere: a resource's computed `path`
 * and the ids of method settings and of base path mappings would repeat it in plans and logs.
 *
 * What it shares with callers is API Gateway's quota for the account (10,000 requests a second), which the callers'
 * own throttle stays far below.
 */
export class ProbeApi extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ProbeApiProps,
  ) {
    super(scope, id);
    const { provider, config, regionalDomain, probeSecret } = props;
    const name = `${config.project}-probe-api`;
    const api = new ApiGatewayRestApi(this, 'default', {
      provider,
      name,
      body: this.createBody(name),
      endpointConfiguration: { types: ['REGIONAL'] },
      disableExecuteApiEndpoint: true,
    });
    // Route 53 asks twice a second or so, always the same.
    const stage = createStage(this, { provider, api, stageName: config.stage, isTraced: false });
    createProbeFirewall(this, 'firewall', { ...props, stage });
    createMethodSettings(this, 'throttle', {
      provider,
      restApiId: api.id,
      stageName: stage.stageName,
      methodPath: '*/*',
      settings: THROTTLE,
    });
    new Apigatewayv2ApiMapping(this, 'mapping', {
      provider,
      apiId: api.id,
      stage: stage.stageName,
      domainName: regionalDomain.domain.domainName,
      apiMappingKey: probeSecret,
      lifecycle: { precondition: SECRET_CONDITIONS },
    });
  }

  private createBody(name: string): string {
    const { region, config, switches } = this.props;
    const { stateMachineArn, roleArn } = literalArns(this.props);
    const credentials = roleArn(this.createRole());
    return importedBody(name, {
      paths: {
        [PROBE_HEALTH_PATH]: {
          get: importedOperation(openApiDocument(config).paths['/health'].get, {
            'x-amazon-apigateway-integration': executionIntegration({
              region,
              credentials,
              requestTemplate: healthRequestTemplate(stateMachineArn, 'probe'),
              retryAfterSeconds: config.retryAfterSeconds,
              notStartedTemplate: probeNotStartedTemplate(region),
            }),
          }),
        },
        [PROBE_EVACUATION_PATH]: { get: evacuationOperation({ region, credentials, table: switches }) },
      },
    });
  }

  private createRole(): IamRole {
    const { config, region, stateMachine, switches } = this.props;
    return createRole(this, this.props, {
      name: `${config.project}-probe-api-${region}`,
      service: 'apigateway.amazonaws.com',
      statements: [
        { actions: ['states:StartSyncExecution'], resources: [stateMachine.arn] },
        { actions: ['dynamodb:GetItem'], resources: [switches.arn] },
      ],
    }).role;
  }
}
