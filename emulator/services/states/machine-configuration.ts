import { z } from 'zod';
import { block, parseArguments, withoutEffect } from '../lambda/arguments';
import type { Resource } from '../../stack/resource';
import type { LoggingConfiguration } from './execution-history';

export interface MachineConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** JSON text. */
  readonly definition: string;
  readonly logging: LoggingConfiguration;
}

/** Arguments without effect on how an execution goes, and attributes that AWS computes. */
const WITHOUT_EFFECT = [
  ...['creation_date', 'description', 'id', 'publish', 'region', 'revision_id', 'state_machine_version_arn'],
  ...['status', 'tags', 'tags_all', 'timeouts', 'version_description'],
  // Terraform's own arguments.
  ...['depends_on', 'lifecycle', 'provider'],
  // X-Ray's traces leave the execution alone.
  'tracing_configuration',
];

/** What is not listed stops the start. */
const schema = z.strictObject({
  ...withoutEffect(WITHOUT_EFFECT),
  name: z.string().regex(/^[\w-]{1,80}$/),
  arn: z.string(),
  role_arn: z.string(),
  definition: z.string(),
  /** The provider's default is STANDARD. */
  type: z.literal('EXPRESS'),
  logging_configuration: block(
    z.strictObject({
      level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).default('OFF'),
      include_execution_data: z.boolean().default(false),
      // CreateStateMachine refuses an ARN without the star.
      log_destination: z.string().endsWith(':*').optional(),
    }),
  ).optional(),
});

/** @throws UnsupportedError naming the argument that AWS refuses or the local run does not act out */
export function machineConfiguration(resource: Resource): MachineConfiguration {
  const found = parseArguments(schema, resource);
  return {
    name: found.name,
    arn: found.arn,
    roleArn: found.role_arn,
    definition: found.definition,
    logging: {
      level: found.logging_configuration?.level ?? 'OFF',
      includeExecutionData: found.logging_configuration?.include_execution_data ?? false,
    },
  };
}
