import type { ModelConfig } from '../contract/model-config';
import { ConfigError } from './config/read-config';

/** `us.anthropic.claude-...` or `anthropic.claude-...`; an ARN names no vendor. */
const VENDOR = /^(?:[a-z]+\.)?([a-z0-9]+)\./;

/**
 * The functions may call only the configured vendors' models, so rules that name another could never answer.
 * @throws ConfigError
 */
export function assertVendorsAllowed(config: ModelConfig, vendors: readonly string[]): void {
  const rules = [config.default, ...Object.values(config.types)];
  const refused = rules
    .flatMap(({ primary, fallback }) => [primary.modelId, fallback.modelId])
    .filter((modelId) => !isAllowed(modelId, vendors));
  if (refused.length === 0) return;
  throw new ConfigError(
    `The default ModelConfig names ${[...new Set(refused)].join(', ')}, but modelVendors is ` +
      `${JSON.stringify(vendors)}: add the vendor, or choose another model.`,
  );
}

function isAllowed(modelId: string, vendors: readonly string[]): boolean {
  if (modelId.startsWith('arn:')) return true;
  const vendor = VENDOR.exec(modelId)?.[1];
  return vendor !== undefined && vendors.includes(vendor);
}
