/** What is at stake where a resource goes. */
interface Stakes {
  /** Of a state address. The first row that matches holds. */
  readonly of: RegExp;
  /** Data or a name that is lost with it. */
  readonly holds?: string;
  /** What is noticed while it is missing. */
  readonly missing?: string;
  /** What callers notice when it is changed in place. */
  readonly changed?: string;
  /** What its replacement does. */
  readonly replaced?: string;
}

const FAILING = 'requests to this region fail';
const UNREACHABLE = 'nobody reaches this region by the name; resolvers remember it for another minute';

export const STAKES: readonly Stakes[] = [
  {
    of: /^aws_dynamodb_table\..*switches$/,
    holds: 'the evacuation switch: a primary that is evacuated gets its callers back',
  },
  {
    of: /^aws_dynamodb_table\..*circuits$/,
    holds: 'the circuits: one that is open, or was forced, begins anew as closed',
    missing: 'a model that is down is asked again and again: answers come later',
  },
  {
    of: /^aws_dynamodb_table\..*usage$/,
    holds: 'what each caller has used today: who had reached the day’s ceiling may ask on',
    missing: 'a ceiling of tokens stops nobody',
  },
  {
    of: /^aws_dynamodb_table\.turns$/,
    holds: 'all conversations that are kept, of both regions',
    missing: 'conversations are answered without what was said before, and not kept',
  },
  {
    of: /^aws_appconfig_(application|environment|configuration_profile)\./,
    holds: 'the operators’ model configurations, their versions and deployments',
    missing: 'functions that start answer by the rules that they were built with',
  },
  {
    of: /^aws_appconfig_deployment\./,
    replaced:
      'it puts this project’s configuration over what operators have in force: their version stays, deploy it again',
  },
  { of: /^aws_appconfig_/ },
  {
    of: /^aws_s3_bucket\./,
    holds: 'training data, and what jobs wrote',
  },
  { of: /^aws_s3_bucket_/ },
  { of: /^aws_kms_key\./, holds: 'all that was encrypted by it, which nobody can read again' },
  { of: /^aws_kms_alias\./ },
  { of: /^aws_sagemaker_model_package_group\./, holds: 'the register of tuned models' },
  { of: /^aws_cloudwatch_log_group\./, holds: 'logs' },
  {
    of: /^aws_cloudwatch_metric_alarm\./,
    missing: 'callers notice nothing; failover stays as it is, and nobody is alarmed',
  },
  { of: /^aws_xray_sampling_rule\./, missing: 'callers notice nothing; probes are traced, which costs' },
  { of: /^aws_cloudwatch_dashboard\./, missing: 'callers notice nothing; nobody sees this dashboard' },
  { of: /^aws_route53_record\..*validation_record$/ },
  {
    of: /^aws_route53_record\./,
    holds: 'a name in DNS',
    missing: UNREACHABLE,
    changed: 'resolvers may lead to the old target for another minute',
  },
  {
    of: /^aws_route53_health_check\..*evacuation$/,
    holds: 'its last status: a new one is unhealthy at first, and callers move to the standby for a while',
  },
  {
    of: /^aws_route53_health_check\./,
    holds: 'its last status: a new one is healthy at first, and callers of a region that is down come back',
  },
  { of: /^aws_acm_certificate\./, holds: 'a name’s certificate: a new one is validated for minutes' },
  { of: /^aws_acm_certificate_validation\./ },
  { of: /^aws_api_gateway_domain_name\./, holds: 'a name of the API', missing: UNREACHABLE },
  { of: /^aws_(api_gateway_base_path|apigatewayv2_api)_mapping\./, missing: FAILING },
  { of: /^aws_api_gateway_(rest_api|stage)\./, missing: FAILING },
  {
    of: /^aws_api_gateway_method_settings\./,
    missing: 'no throttle but the account’s own',
    changed: 'another throttle: who is above it gets 429',
  },
  {
    of: /^aws_api_gateway_(usage_plan|api_key)/,
    missing: 'its caller, or all callers by token, get 503 in this region',
    changed: 'another rate: who is above it gets 429',
  },
  {
    of: /^aws_wafv2_/,
    missing: 'the firewall refuses nobody',
    changed: 'others than before may get 403; of health checkers, who is kept out finds the region unhealthy',
  },
  { of: /^aws_budgets_budget\./, missing: 'callers notice nothing; nobody is told of the bill' },
  // The other parts of an API are in force with its next deployment; until then, the last one serves.
  { of: /^aws_api_gateway_/ },
  {
    of: /^aws_lambda_function\..*_model$/,
    missing: 'the next tier answers',
  },
  // The function and the alias by which API Gateway calls it.
  { of: /^aws_lambda_\w+\..*_authorizer(_live)?$/, missing: FAILING },
  {
    of: /^aws_lambda_\w+\..*_chat(_live)?$/,
    missing: 'streams, OpenAI’s protocol and the deletion of conversations fail in this region',
  },
  { of: /^aws_lambda_function\./, missing: 'this region gives no health, or no degraded answer' },
  { of: /^aws_sfn_state_machine\./, missing: FAILING },
  { of: /^aws_iam_role(_policy)?\./, missing: 'what acts by it is refused until AWS knows it everywhere' },
  {
    of: /^aws_scheduler_schedule\./,
    missing:
      'callers notice nothing, unless the models of their region go down: failover does not hear of it',
  },
  {
    of: /^aws_bedrock_guardrail\./,
    missing: 'no model answers in this region as long as functions name it: nothing is said without it',
  },
  { of: /^aws_bedrock_guardrail_version\./ },
  // Nobody has judged it yet: better too loud.
  { of: /./, holds: 'what it holds is not known here: look before you apply' },
];

/** What is lost by a change in place: an attribute, anywhere in a resource of the type. */
interface Loss {
  readonly type: string;
  readonly attribute: string;
  readonly isLoss: (before: unknown, after: unknown) => boolean;
  readonly loses: string;
}

/** Days after which something goes; 0 or none is never. */
const isLowered = (before: unknown, after: unknown): boolean =>
  typeof after === 'number' && after > 0 && (typeof before !== 'number' || before === 0 || after < before);

const isTurnedOff = (before: unknown, after: unknown): boolean => before === true && after === false;

const LOSSES: readonly Loss[] = [
  {
    ...{ type: 'aws_cloudwatch_log_group', attribute: 'retention_in_days', isLoss: isLowered },
    loses: 'logs that are older than that',
  },
  {
    ...{ type: 'aws_s3_bucket_lifecycle_configuration', attribute: 'noncurrent_days', isLoss: isLowered },
    loses: 'former versions of objects that are older than that',
  },
  {
    ...{ type: 'aws_s3_bucket_lifecycle_configuration', attribute: 'days', isLoss: isLowered },
    loses: 'objects that are older than that',
  },
  {
    ...{ type: 'aws_dynamodb_table', attribute: 'deletion_protection_enabled', isLoss: isTurnedOff },
    loses: 'the protection against being deleted: a later plan may destroy what it holds',
  },
  {
    ...{ type: 'aws_dynamodb_table', attribute: 'enabled', isLoss: isTurnedOff },
    loses: 'what the attribute kept, such as the backups of the last days',
  },
];

/** What a change of a value in place loses, if anything. */
export const lossOf = (
  address: string,
  attribute: string,
  before: unknown,
  after: unknown,
): string | undefined =>
  LOSSES.find(
    (loss) =>
      address.startsWith(`${loss.type}.`) && loss.attribute === attribute && loss.isLoss(before, after),
  )?.loses;

export const stakesOf = (address: string): Stakes => {
  const found = STAKES.find(({ of }) => of.test(address));
  if (found === undefined) throw new Error(`No row matches ${address}.`);
  return found;
};
