import { flag, optionalText, text, type Addressed } from '../values';
import { emulated, noLocalMeaning, Only, type Placement, type ResourceTypes } from './resource-type';

const functionArn = (name: string, { region, account }: Placement) =>
  name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${account}:function:${name}`;

const invokeArn = (arn: string, { region }: Placement) =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;

/** The first deployment publishes version 1: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html */
const version = (of: Addressed) => (flag(of, 'publish') ? '1' : '$LATEST');

export const compute: ResourceTypes = {
  aws_lambda_function: {
    arguments: {
      ...emulated('function_name', 'role', 'handler', 'runtime', 'filename', 'memory_size', 'timeout'),
      ...emulated('publish', 'reserved_concurrent_executions'),
      environment: emulated('variables'),
      tracing_config: emulated('mode'),
      logging_config: {
        ...emulated('log_format'),
        ...noLocalMeaning('application_log_level', 'log_group', 'system_log_level'),
      },
      // The same JavaScript runs on either architecture.
      ...noLocalMeaning('architectures', 'description', 'source_code_hash', 'tags'),
    },
    computed: (of, placement) => {
      const name = text(of, 'function_name');
      const arn = functionArn(name, placement);
      const qualified = `${arn}:${version(of)}`;
      return {
        id: name,
        arn,
        version: version(of),
        qualified_arn: qualified,
        invoke_arn: invokeArn(arn, placement),
        qualified_invoke_arn: invokeArn(qualified, placement),
      };
    },
  },
  aws_lambda_alias: {
    arguments: {
      ...emulated('name', 'function_name', 'function_version'),
      ...noLocalMeaning('description'),
    },
    computed: (of, placement) => {
      const arn = `${functionArn(text(of, 'function_name'), placement)}:${text(of, 'name')}`;
      return { id: arn, arn, invoke_arn: invokeArn(arn, placement) };
    },
  },
  aws_sfn_state_machine: {
    arguments: {
      ...emulated('name', 'definition', 'role_arn', 'type'),
      tracing_configuration: emulated('enabled'),
      ...noLocalMeaning('logging_configuration', 'tags'),
    },
    computed: (of, { region, account }) => {
      const arn = `arn:aws:states:${region}:${account}:stateMachine:${text(of, 'name')}`;
      return { id: arn, arn, status: 'ACTIVE' };
    },
  },
  aws_cloudwatch_log_group: {
    readOnly: true,
    arguments: { ...emulated('name'), ...noLocalMeaning('kms_key_id', 'retention_in_days', 'tags') },
    computed: (of, { region, account }) => ({
      id: text(of, 'name'),
      arn: `arn:aws:logs:${region}:${account}:log-group:${text(of, 'name')}`,
    }),
  },
  aws_scheduler_schedule: {
    arguments: {
      ...emulated('name', 'schedule_expression', 'state'),
      group_name: new Only('default'),
      flexible_time_window: { mode: new Only('OFF') },
      target: {
        ...emulated('arn', 'role_arn', 'input'),
        retry_policy: emulated('maximum_retry_attempts', 'maximum_event_age_in_seconds'),
      },
      // A rate knows no time zone.
      ...noLocalMeaning('description', 'schedule_expression_timezone'),
    },
    computed: (of, { region, account }) => {
      const path = `${optionalText(of, 'group_name') ?? 'default'}/${text(of, 'name')}`;
      return { id: path, arn: `arn:aws:scheduler:${region}:${account}:schedule/${path}` };
    },
  },
};
