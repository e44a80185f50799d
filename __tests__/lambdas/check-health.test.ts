import type { ModelConfig } from '../../contract/model-config';
import { checkHealth } from '../../lambdas/tier/check-health';
import { RULES } from './tier-fixture';

const region = 'us-east-1';

describe('a region’s health', () => {
  it.each(['appconfig', 'bundled'] as const)('is good while there are rules, from %s', async (source) => {
    const rules = { current: () => Promise.resolve({ config: RULES, source, version: 'v7' }) };
    const { status, body } = await checkHealth({ region, rules }, { requestId: 'request-1' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      status: 'ok',
      region,
      requestId: 'request-1',
      configuration: { source, version: 'v7' },
    });
  });

  it('is not said where no rule is there to answer by', async () => {
    const config = { ...RULES, default: undefined } as unknown as ModelConfig;
    const rules = { current: () => Promise.resolve({ config, source: 'appconfig', version: 'v7' } as const) };
    await expect(checkHealth({ region, rules }, { requestId: 'request-1' })).rejects.toThrow(TypeError);
  });

  it('is not said where the rules fail: the state machine answers 503', async () => {
    const rules = { current: () => Promise.reject(new Error('no rules')) };
    await expect(checkHealth({ region, rules }, { requestId: 'request-1' })).rejects.toThrow('no rules');
  });
});
