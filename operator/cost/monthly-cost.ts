import type { ModelConfig } from '../../contract/model-config';
import { selectRule } from '../../contract/select-rule';
import { CANARY_CALLS, canaryPrice, SECONDS_A_MONTH, tokensUsd } from './canary-price';
import { usdFor, type PriceName } from './prices';
import type { BilledStack } from './synthesized';

/** What is not in the Terraform, and not known before somebody has measured it: assumed, and said beside each sum. */
export const ASSUMED = {
  /** About as many of Route 53's checkers ask an endpoint, seen in access logs on AWS. */
  checkers: 16,
  /** Of a call of a model, of one that fails, and of a function that calls none. */
  modelSeconds: 2,
  failureSeconds: 1,
  otherSeconds: 0.05,
  /** A failed model is asked once more, where the failure may pass. */
  attempts: 2,
  /** Lambda's own lines of a call, and the function's of an answer: the metrics are in them. */
  platformLogBytes: 300,
  answerLogBytes: 1_500,
  /** Step Functions bills memory in steps of 64 MB. */
  workflowMb: 64,
  /** Instances that look for new rules as often as they may. */
  pollingInstances: 2,
  /** Of metrics by model and source, and of those of the region as a whole. */
  metricsOfAModel: 6,
  metricsOfARegion: 11,
  /** How often a caller asks who was told to come again. */
  askedAgain: 2,
} as const;

export interface Use {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the requests, that the fallback model answers: 0 to 1. */
  readonly fallbackShare: number;
  /** Whose models answer. */
  readonly type: string;
}

/** USD by what is billed. */
type Bill = Readonly<Record<string, number>>;

interface RegionCost {
  readonly stack: string;
  readonly region: string;
  /** Before the first request. */
  readonly standing: Bill;
}

export interface MonthlyCost {
  readonly regions: readonly RegionCost[];
  /** USD of one request, by which tier answers it in the end. */
  readonly ofOne: Readonly<Record<Outcome, Bill>>;
  /** Of all requests of the month, in the region that serves. */
  readonly byUse: Bill;
}

type Outcome = 'primary' | 'fallback' | 'degraded';

export function monthlyCost(
  stacks: readonly BilledStack[],
  { rules, pollSeconds }: { readonly rules: ModelConfig; readonly pollSeconds: number },
  use: Use,
): MonthlyCost {
  const regions = stacks.map((stack) => ({
    stack: stack.name,
    region: stack.region,
    standing: sum(
      standingOf(stack),
      canaryOf(stack, rules),
      probesOf(stack, stacks),
      isRegional(stack)
        ? bill({
            appConfigRequests: (ASSUMED.pollingInstances * SECONDS_A_MONTH) / pollSeconds,
            customMetrics: metricsOf(rules, stack.region),
          })
        : {},
    ),
  }));
  const serving = stacks.find(({ name }) => name === 'primary') ?? stacks[0];
  if (serving === undefined) throw new Error('There is no stack.');
  const ofOne = {
    primary: requestOf(serving, rules, use, 'primary'),
    fallback: requestOf(serving, rules, use, 'fallback'),
    degraded: requestOf(serving, rules, use, 'degraded'),
  };
  const { requests, fallbackShare } = use;
  const byUse = sum(
    times(ofOne.primary, requests * (1 - fallbackShare)),
    times(ofOne.fallback, requests * fallbackShare),
  );
  return { regions, ofOne, byUse };
}

const isRegional = (stack: BilledStack): boolean => stack.of('aws_sfn_state_machine').size > 0;

/** Which service a price is billed by. */
const SERVICES: Readonly<Record<PriceName, string>> = {
  apiGatewayRequests: 'API Gateway',
  stepFunctionsRequests: 'Step Functions',
  stepFunctionsGbSeconds: 'Step Functions',
  lambdaRequests: 'Lambda',
  lambdaGbSeconds: 'Lambda',
  dynamoDbReads: 'DynamoDB',
  dynamoDbWrites: 'DynamoDB',
  appConfigRequests: 'AppConfig',
  logsGb: 'CloudWatch',
  customMetrics: 'CloudWatch',
  alarms: 'CloudWatch',
  dashboards: 'CloudWatch',
  schedulerCalls: 'Scheduler',
  healthChecks: 'Route 53',
  healthCheckOptions: 'Route 53',
  otherHealthChecks: 'Route 53',
  webAcls: 'WAF',
  webAclRules: 'WAF',
  webAclRequests: 'WAF',
  kmsKeys: 'KMS',
  xrayTraces: 'X-Ray',
};

type Quantities = Readonly<Partial<Record<PriceName, number>>>;

const bill = (quantities: Quantities): Bill =>
  sum(
    ...Object.entries(quantities).map(([name, quantity]) => ({
      [SERVICES[name as PriceName]]: usdFor(name as PriceName, quantity),
    })),
  );

export const sum = (...bills: readonly Bill[]): Bill => {
  const services = new Set(bills.flatMap((each) => Object.keys(each)));
  return Object.fromEntries(
    [...services].map((service) => [service, bills.reduce((total, each) => total + (each[service] ?? 0), 0)]),
  );
};

export const times = (one: Bill, factor: number): Bill =>
  Object.fromEntries(Object.entries(one).map(([service, usd]) => [service, usd * factor]));

export const total = (one: Bill): number => Object.values(one).reduce((all, usd) => all + usd, 0);

/** What is billed by its being there. */
function standingOf(stack: BilledStack): Bill {
  const checks = [...stack.of('aws_route53_health_check').values()];
  const endpoints = checks.filter(({ type }) => type === 'HTTPS');
  const fast = endpoints.filter(({ request_interval: interval }) => interval === 10);
  const acls = [...stack.of('aws_wafv2_web_acl').values()];
  return bill({
    healthChecks: endpoints.length,
    healthCheckOptions: endpoints.length + fast.length,
    otherHealthChecks: checks.length - endpoints.length,
    alarms: stack.of('aws_cloudwatch_metric_alarm').size,
    dashboards: stack.of('aws_cloudwatch_dashboard').size,
    webAcls: acls.length,
    webAclRules: acls.reduce((count, { rule }) => count + (Array.isArray(rule) ? rule.length : 0), 0),
    kmsKeys: stack.of('aws_kms_key').size,
  });
}

/** What Route 53's checks of a region, of whichever stack they are, make it work. */
function probesOf(stack: BilledStack, stacks: readonly BilledStack[]): Bill {
  const names = [...stack.of('aws_api_gateway_domain_name').values()].map(({ domain_name: name }) => name);
  const asked = stacks
    .flatMap((each) => [...each.of('aws_route53_health_check').values()])
    .filter(({ fqdn }) => fqdn !== undefined && names.includes(fqdn));
  return sum(
    ...asked.map(({ request_interval: interval, resource_path: path }) => {
      const requests = (ASSUMED.checkers * SECONDS_A_MONTH) / Number(interval);
      const work = String(path).endsWith('/evacuation')
        ? bill({ dynamoDbReads: 1 })
        : sum(workflow(ASSUMED.otherSeconds), call(stack, 'assistant_probe', ASSUMED.otherSeconds));
      return times(sum(bill({ apiGatewayRequests: 1 }), firewall(stack), work), requests);
    }),
  );
}

/** What of the requests to an API a firewall in front of it costs. */
const firewall = (stack: BilledStack): Bill =>
  stack.of('aws_wafv2_web_acl').size > 0 ? bill({ webAclRequests: 1 }) : {};

/** X-Ray's own rule records the first request of each second, and 5 % of the others: here, at an even rate. */
function traces(stack: BilledStack, requests: number): Bill {
  const isTraced =
    stack.of('aws_api_gateway_stage').get('assistant_api_stage')?.xray_tracing_enabled === true;
  if (!isTraced) return {};
  const first = Math.min(requests, SECONDS_A_MONTH);
  return bill({ xrayTraces: requests === 0 ? 1 : (first + 0.05 * (requests - first)) / requests });
}

/** Its duration is rounded up to a tenth of a second. */
const workflow = (seconds: number): Bill =>
  bill({
    stepFunctionsRequests: 1,
    stepFunctionsGbSeconds: (Math.ceil(seconds * 10) / 10) * (ASSUMED.workflowMb / 1_024),
  });

/** One call of a function, with Lambda's own lines in its log; nothing where the stack has no such function. */
function call(stack: BilledStack, name: string, seconds: number): Bill {
  const memoryMb = stack.of('aws_lambda_function').get(name)?.memory_size;
  if (memoryMb === undefined) return {};
  return bill({
    lambdaRequests: 1,
    lambdaGbSeconds: (seconds * Number(memoryMb)) / 1_024,
    logsGb: ASSUMED.platformLogBytes / 1e9,
  });
}

const answerLines = bill({ logsGb: ASSUMED.answerLogBytes / 1e9 });

function canaryOf(stack: BilledStack, rules: ModelConfig): Bill {
  const schedules = [...stack.of('aws_scheduler_schedule').values()].filter(
    ({ state }) => state !== 'DISABLED',
  );
  const work = sum(
    bill({ schedulerCalls: 1 }),
    workflow(ASSUMED.modelSeconds),
    call(stack, 'assistant_primary_model', ASSUMED.modelSeconds),
    answerLines,
  );
  const types = schedules.map(({ name }) => /-canary-(.+)$/.exec(String(name))?.[1] ?? '');
  const tokens = types.map((type) => ({ Bedrock: canaryPrice(rules, type, stack.region).usd }));
  return sum(times(work, CANARY_CALLS * schedules.length), ...tokens);
}

function metricsOf(rules: ModelConfig, region: string): number {
  const types = ['', ...Object.keys(rules.types)];
  const models = new Set(types.map((type) => selectRule(rules, region, type).primary.modelId));
  return ASSUMED.metricsOfARegion + models.size * ASSUMED.metricsOfAModel;
}

/** A question by `POST /`, from API Gateway to the answer. A model that fails is taken to bill nothing. */
function requestOf(stack: BilledStack, rules: ModelConfig, use: Use, outcome: Outcome): Bill {
  const { primary, fallback } = selectRule(rules, stack.region, use.type);
  const { modelSeconds, failureSeconds, otherSeconds, attempts } = ASSUMED;
  const failed = attempts * failureSeconds;
  const calls = {
    primary: [['assistant_primary_model', modelSeconds]],
    fallback: [
      ['assistant_primary_model', failed],
      ['assistant_fallback_model', modelSeconds],
    ],
    degraded: [
      ['assistant_primary_model', failed],
      ['assistant_fallback_model', failed],
      ['assistant_degradation', otherSeconds],
    ],
  } as const satisfies Record<Outcome, readonly (readonly [string, number])[]>;
  const made = calls[outcome];
  const answering = { primary, fallback, degraded: undefined }[outcome];
  return sum(
    bill({ apiGatewayRequests: 1, dynamoDbReads: 1, dynamoDbWrites: answering === undefined ? 0 : 1 }),
    firewall(stack),
    traces(stack, use.requests),
    call(stack, 'assistant_authorizer', otherSeconds),
    workflow(made.reduce((seconds, [, each]) => seconds + each, 0)),
    ...made.map(([name, seconds]) => call(stack, name, seconds)),
    answerLines,
    answering === undefined
      ? {}
      : { Bedrock: tokensUsd(answering.modelId, use.inputTokens, use.outputTokens) },
  );
}
