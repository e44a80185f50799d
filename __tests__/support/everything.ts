import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { shippedConfig } from './synthesize';

/** All that is off as shipped. */
export const EVERYTHING: Partial<AssistantConfig> = {
  callers: {
    ...shippedConfig().callers,
    mode: 'both',
    issuers: [{ issuer: 'https://login.company.com', audience: ['assistant'], callerPrefix: 'sso:' }],
    limitsOf: { shop: { rate: { requestsPerSecond: 20, burst: 40 } } },
    othersRate: { requestsPerSecond: 10, burst: 20 },
  },
  guardrail: {
    messages: { input: 'I cannot take that.', output: 'I cannot say that.' },
    words: ['acme'],
    promptAttacks: 'HIGH',
  },
  waf: { requestsIn5Minutes: 2_000, managedRules: true },
  reservedConcurrency: { primaryModel: 20, fallbackModel: 20, degradation: 20, authorizer: 20 },
  spend: { monthlyUsd: 1_000, topic: 'arn:aws:sns:us-east-1:123456789012:spend' },
  accessLogs: { accountRole: 'create' },
  permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
  alarmTopics: {
    primary: ['arn:aws:sns:us-east-1:123456789012:operators'],
    secondary: ['arn:aws:sns:us-west-2:123456789012:operators'],
  },
};
