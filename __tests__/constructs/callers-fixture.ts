import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { hashOfKey } from '../../contract/callers';
import { shippedConfig } from '../support/synthesize';

export type Callers = AssistantConfig['callers'];

export const key = (name: string, value: string) => ({
  name,
  sha256: hashOfKey(value),
  created: '2026-11-25',
});
export const OWN: Callers = { mode: 'keys', keys: [key('shop', 'one')] };
export const ISSUER = { issuer: 'https://issuer.company.com', audience: ['assistant'] };
export const PREFIXED = { ...ISSUER, callerPrefix: 'sso:' };
export const withCallers = (callers: Callers) => parseConfig({ ...shippedConfig(), callers });
