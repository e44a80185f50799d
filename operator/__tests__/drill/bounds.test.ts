import { moveSeconds } from '../../../contract/failover';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { PROMISED_MOVE_SECONDS, returnSeconds, drillPlan, expectedRequests } from '../../drill/plan';

const config = shippedConfig();

describe('the time of a move', () => {
  it.each([
    [10, 3, 90],
    [30, 3, 150],
    [10, 1, 70],
  ] as const)('checks %d s apart, %d in a row: %d s', (intervalSeconds, failureThreshold, expected) => {
    expect(moveSeconds({ healthCheck: { intervalSeconds, failureThreshold } })).toBe(expected);
  });

  it('is within what is promised, as the system is shipped', () => {
    expect(moveSeconds(config)).toBeLessThanOrEqual(PROMISED_MOVE_SECONDS.region);
  });
});

describe('the time of a return', () => {
  it('is that of a move, where the endpoint or the switch was away', () => {
    expect(returnSeconds('region', config, 1)).toBe(100);
    expect(
      returnSeconds(
        'evacuation',
        { ...config, healthCheck: { intervalSeconds: 30, failureThreshold: 3 } },
        1,
      ),
    ).toBe(150);
  });

  it('waits for circuits, which keep to the machine’s own time, where models were away', () => {
    expect(returnSeconds('models', config, 1)).toBe(15 + 300);
    expect(returnSeconds('models', config, 10)).toBe(150 + 300);
  });
});

describe('the questions that a drill asks', () => {
  it('are told beforehand', () => {
    const plan = drillPlan('evacuation', config, 1);
    expect(expectedRequests(plan, config, 5, 1)).toEqual({ usual: 1_250, most: 2_350 });
    expect(expectedRequests(plan, config, 5, 10)).toEqual({ usual: 125, most: 235 });
  });
});
