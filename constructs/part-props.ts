import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { AssistantConfig, Role } from './config/assistant-config';

/** What the assistant and each of its parts is given. */
export interface PartProps {
  readonly config: AssistantConfig;
  /** The region's part in the failover. */
  readonly role: Role;
  readonly region: string;
  /** Id of the account that the stack is deployed to. */
  readonly account: string;
  /** A reference to the secret that the paths hold which Route 53 asks. */
  readonly probeSecret: string;
  /** The aliased provider of the region. */
  readonly provider: AwsProvider;
}
