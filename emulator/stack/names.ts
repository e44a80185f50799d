interface NameLimit {
  readonly max: number;
  readonly pattern?: RegExp;
}

/**
 * What services take as names, by type and argument: as AWS's own service models have it (botocore 1.35.99), or, where
 * those take more, as the documentation has it that is named here. Of API Gateway none is known.
 */
export const NAME_LIMITS: Readonly<Record<string, Readonly<Record<string, NameLimit>>>> = {
  aws_appconfig_application: { name: { max: 64 } },
  aws_appconfig_configuration_profile: { name: { max: 128 } },
  aws_appconfig_deployment_strategy: { name: { max: 64 } },
  aws_appconfig_environment: { name: { max: 64 } },
  aws_bedrock_guardrail: { name: { max: 50, pattern: /^[0-9a-zA-Z_-]+$/ } },
  aws_budgets_budget: { name: { max: 100, pattern: /^[^:\\]+$/ } },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
  aws_cloudwatch_dashboard: { dashboard_name: { max: 255, pattern: /^[\w-]+$/ } },
  aws_cloudwatch_log_group: { name: { max: 512, pattern: /^[.\-_/#A-Za-z0-9]+$/ } },
  aws_cloudwatch_metric_alarm: { alarm_name: { max: 255 }, namespace: { max: 255, pattern: /^[^:]/ } },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  aws_dynamodb_table: { name: { max: 255, pattern: /^[\w.-]{3,}$/ } },
  aws_iam_role: { name: { max: 64, pattern: /^[\w+=,.@-]+$/ } },
  aws_iam_role_policy: { name: { max: 128, pattern: /^[\w+=,.@-]+$/ } },
  aws_kms_alias: { name: { max: 256, pattern: /^alias\/[a-zA-Z0-9/_-]+$/ } },
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
  aws_lambda_function: { function_name: { max: 64, pattern: /^[\w-]+$/ } },
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  aws_s3_bucket: { bucket: { max: 63, pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ } },
  aws_sagemaker_model_package_group: {
    model_package_group_name: { max: 63, pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/ },
  },
  aws_scheduler_schedule: { name: { max: 64, pattern: /^[0-9a-zA-Z_.-]+$/ } },
  aws_sfn_state_machine: { name: { max: 80 } },
  aws_wafv2_ip_set: { name: { max: 128, pattern: /^[\w-]+$/ } },
  aws_wafv2_web_acl: { name: { max: 128, pattern: /^[\w-]+$/ } },
  aws_xray_sampling_rule: { rule_name: { max: 32 } },
};

/** Why a service would not take a resource by such names. The provider refuses some at the plan, AWS the others. */
export function nameFaults(type: string, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(NAME_LIMITS[type] ?? {}).flatMap(([argument, { max, pattern }]) => {
    const name = values[argument];
    if (typeof name !== 'string') return [];
    if (name.length > max)
      return [`expected length of ${argument} to be in the range (1 - ${max}), got ${name}`];
    if (pattern?.test(name) ?? true) return [];
    return [`invalid value for ${argument} (${String(pattern)}): ${name}`];
  });
}
