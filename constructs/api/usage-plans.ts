import { ApiGatewayApiKey } from '@cdktf/provider-aws/lib/api-gateway-api-key';
import type { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { ApiGatewayUsagePlan } from '@cdktf/provider-aws/lib/api-gateway-usage-plan';
import { ApiGatewayUsagePlanKey } from '@cdktf/provider-aws/lib/api-gateway-usage-plan-key';
import { Construct } from 'constructs';
import { hashOfKey, OTHER_CALLERS, plannedCallers, usageIdentifier } from '../../contract/callers';
import { knownCallers } from '../config/callers-config';
import type { PartProps } from '../part-props';

export interface UsagePlansProps extends PartProps {
  readonly stage: ApiGatewayStage;
}

/**
 * By which API Gateway tells callers apart: a plan for each, so that a change of its rate moves nobody from one plan to
 * another, and one for all whom only tokens name. What API Gateway calls a key is the name's hash, which the authorizer
 * says: no caller shows one, and who shows one is not let in by it.
 */
export class UsagePlans extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: UsagePlansProps,
  ) {
    super(scope, id);
    const { callers, project } = props.config;
    const known = knownCallers(callers, project);
    if (known === undefined) return;
    for (const name of plannedCallers(known)) {
      const rate = callers.limitsOf?.[name]?.rate ?? callers.limits?.rate;
      this.createPlan(idOf(name), name, usageIdentifier(known, name), rate);
    }
    if (callers.mode !== 'keys') {
      // No caller's name has a space.
      const name = 'token callers';
      this.createPlan(name, name, usageIdentifier(known, OTHER_CALLERS), callers.othersRate);
    }
  }

  private createPlan(
    id: string,
    caller: string,
    value: string,
    rate: { readonly requestsPerSecond: number; readonly burst: number } | undefined,
  ): void {
    const { provider, config, stage } = this.props;
    const scope = new Construct(this, id);
    const name = `${config.project}-${caller}`;
    const plan = new ApiGatewayUsagePlan(scope, 'default', {
      provider,
      name,
      apiStages: [{ apiId: stage.restApiId, stage: stage.stageName }],
      ...(rate && { throttleSettings: { rateLimit: rate.requestsPerSecond, burstLimit: rate.burst } }),
    });
    const key = new ApiGatewayApiKey(scope, 'identifier', { provider, name, value });
    new ApiGatewayUsagePlanKey(scope, 'member', {
      provider,
      usagePlanId: plan.id,
      keyId: key.id,
      keyType: 'API_KEY',
    });
  }
}

/** Steps that a stack's addresses leave out, and what other callers' begin with. */
const TAKEN = /^(default|primary|secondary|token-callers|caller-.*)$/;

/** Addresses have letters, digits and "_" alone: what could be another's there is told apart by its hash. */
const idOf = (caller: string): string =>
  /^[a-z0-9-]+$/.test(caller) && !TAKEN.test(caller)
    ? caller
    : `caller-${caller}-${hashOfKey(caller).slice(0, 8)}`;
