/** A small system of the kind that the constructs synthesize: every way in which one resource refers to another. */
export const ASSISTANT = {
  locals: { prefix: 'assistant' },
  data: {
    aws_caller_identity: { current: {} },
    aws_iam_policy_document: {
      trust: {
        statement: [
          {
            actions: ['sts:AssumeRole'],
            principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
          },
        ],
      },
    },
  },
  resource: {
    aws_iam_role: {
      router: {
        name: '${local.prefix}-router',
        assume_role_policy: '${data.aws_iam_policy_document.trust.json}',
      },
    },
    aws_iam_role_policy: {
      router: {
        name: 'invoke',
        role: '${aws_iam_role.router.name}',
        policy:
          '${jsonencode({"Version" = "2012-10-17", "Statement" = [{"Effect" = "Allow", "Action" = "bedrock:InvokeModel", "Resource" = "arn:aws:bedrock:*:${data.aws_caller_identity.current.account_id}:inference-profile/*"}]})}',
      },
    },
    aws_lambda_function: {
      router: {
        function_name: '${local.prefix}-router',
        role: '${aws_iam_role.router.arn}',
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        filename: 'assets/router/router.zip',
        environment: { variables: { TABLE: '${aws_dynamodb_table.circuits.name}' } },
        lifecycle: { create_before_destroy: true },
        depends_on: ['aws_iam_role_policy.router'],
      },
    },
    aws_dynamodb_table: {
      circuits: { name: '${local.prefix}-circuits', hash_key: 'id', attribute: [{ name: 'id', type: 'S' }] },
    },
    aws_sfn_state_machine: {
      workflow: {
        name: '${local.prefix}',
        type: 'EXPRESS',
        role_arn: '${aws_iam_role.router.arn}',
        definition: '{"StartAt":"Ask","States":{"Ask":{"FunctionName":"${aws_lambda_function.router.arn}"}}}',
      },
    },
    aws_api_gateway_rest_api: {
      api: {
        name: '${local.prefix}',
        body: '{"template":"#set($x = $input.json(\\"$\\")){arn:${aws_sfn_state_machine.workflow.arn},x:$${x}}"}',
      },
    },
    aws_acm_certificate: { api: { domain_name: 'api.example.com', validation_method: 'DNS' } },
    aws_route53_record: {
      validation: {
        zone_id: 'Z1',
        name: '${tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_name}',
        type: '${aws_acm_certificate.api.domain_validation_options[0].resource_record_type}',
        records: ['${tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_value}'],
        ttl: 60,
      },
    },
    aws_cloudwatch_metric_alarm: {
      degraded: { alarm_name: 'degraded', alarm_actions: ['${aws_sns_topic.alerts.arn}'] },
    },
    aws_sns_topic: { alerts: { name: 'alerts' } },
  },
  output: {
    machine: { value: '${aws_sfn_state_machine.workflow.arn}' },
    url: { value: 'https://${aws_api_gateway_rest_api.api.id}.example.com/', description: 'where' },
  },
};
