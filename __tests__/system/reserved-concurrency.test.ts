import { defaultModelConfig } from '../../contract/default-model-config';
import { startSystem } from '../support/local-system';

it('long answers take no concurrency that is kept for degradation: who finds no model gets the degraded answer at once', async () => {
  const running = await startSystem({
    canary: { enabled: false, requestTypes: ['general'] },
    reservedConcurrency: { primaryModel: 2, fallbackModel: 2, degradation: 4 },
  });
  try {
    const { primary, fallback } = defaultModelConfig.default;
    const models = [primary, fallback].map(({ modelId }) => ({
      model: modelId,
      timeToFirstTokenMs: { kind: 'fixed', value: 3_000 },
    }));
    expect((await running.send('control', 'POST', '/models', JSON.stringify({ models }))).status).toBe(200);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => running.ask({ question: 'How do I do that?' }, 'primary')),
    );
    const said = answers.map(
      ({ status, body: { tier, reason = '' } }) => `${status} ${String(tier)} ${String(reason)}`,
    );
    expect(said.sort()).toEqual([
      ...Array<string>(4).fill('200 degraded function_failed'),
      ...Array<string>(2).fill('200 fallback '),
      ...Array<string>(2).fill('200 primary '),
    ]);
  } finally {
    await running.stop();
  }
});
