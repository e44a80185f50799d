import { DEMO_KEY, hashOfKey } from '../../contract/callers';
import type { AssistantConfig } from '../../constructs/config/assistant-config';

/** Nobody can own the shipped names, nor can a rehearsal's own be mistaken for a real one (`.internal` is private). */
const PLACEHOLDER = /(^|\.)example\.(com|net|org)$/;
const REHEARSED = '$1rehearsal.internal';

/** The configuration with a rehearsal's own names where it has the shipped ones. */
export function withoutPlaceholders(config: AssistantConfig): AssistantConfig {
  const own = (name: string) => name.replace(PLACEHOLDER, REHEARSED);
  const { failover, primary, secondary } = config.domain;
  return {
    ...config,
    domain: { ...config.domain, failover: own(failover), primary: own(primary), secondary: own(secondary) },
    callers: withoutDemoKey(config.callers),
  };
}

/** The configuration with nothing that Terraform or AWS refuses to destroy. */
export const withoutProtection = (config: AssistantConfig): AssistantConfig => ({
  ...config,
  mlops: { ...config.mlops, deletionProtection: false },
  evacuation: { ...config.evacuation, deletionProtection: false },
  ...(config.conversations && { conversations: { ...config.conversations, deletionProtection: false } }),
});

/** The rehearsal's own, by which `rehearse serve` is asked; a plan refuses it no more than any other. */
export const REHEARSAL_KEY = 'rehearsal-key';

const withoutDemoKey = (callers: AssistantConfig['callers']): AssistantConfig['callers'] => ({
  ...callers,
  keys: callers.keys.map((key) =>
    key.sha256 === hashOfKey(DEMO_KEY) ? { ...key, sha256: hashOfKey(REHEARSAL_KEY) } : key,
  ),
});

/** Nobody has a hosted zone of fewer labels. */
const ZONE_LABELS = 2;

/** The hosted zone of a rehearsed account: the smallest that has all names, or, where none can, the failover name's. */
export function commonZone({ failover, primary, secondary }: AssistantConfig['domain']): string {
  const [first = [], ...others] = [failover, primary, secondary].map((name) => name.split('.').reverse());
  const length = first.findIndex((label, index) => others.some((labels) => labels[index] !== label));
  return first
    .slice(0, length < 0 ? first.length : Math.max(length, ZONE_LABELS))
    .reverse()
    .join('.');
}
