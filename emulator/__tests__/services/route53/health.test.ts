import * as fc from 'fast-check';
import type { AlarmState } from '../../../services/cloudwatch/alarm-state';
import { alarmHealth } from '../../../services/route53/alarm-monitor';
import { Checker } from '../../../services/route53/endpoint-monitor';
import {
  effectiveHealth,
  isCalculatedHealthy,
  isEndpointHealthy,
} from '../../../services/route53/health-checks';
import type { InsufficientDataStatus } from '../../../services/route53/health-check-settings';

describe('an endpoint', () => {
  it.each([
    [16, 2, false],
    [16, 3, true],
    [100, 18, false],
    [100, 19, true],
    [1, 0, false],
    [1, 1, true],
  ])('of %d checkers, %d of which report healthy, is healthy: %s', (checkers, healthy, expected) => {
    expect(isEndpointHealthy(Array.from({ length: checkers }, (_, index) => index < healthy))).toBe(expected);
  });
});

describe('a checker', () => {
  const runs = fc.array(fc.boolean(), { maxLength: 60 });

  it('changes its view after as many consecutive results as the threshold, and no sooner', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), runs, (threshold, results) => {
        const checker = new Checker(threshold);
        expect(checker.healthy).toBe(true);
        results.forEach((passed, index) => {
          const before = checker.healthy;
          checker.observe(passed);
          const latest = results.slice(0, index + 1).slice(-threshold);
          const unanimous = latest.length === threshold && latest.every((result) => result === passed);
          expect(checker.healthy).toBe(unanimous ? passed : before);
        });
      }),
    );
  });
});

describe('a calculated check', () => {
  it.each([
    [[true, true], 2, true],
    [[true, false], 2, false],
    [[true, false], 1, true],
    [[false, false], 1, false],
    [[false, false], 0, true],
    [[true, true], 3, false],
    [[], 0, true],
    [[], 1, false],
  ])('of %j with a threshold of %d is healthy: %s', (children, threshold, expected) => {
    expect(isCalculatedHealthy(children, threshold)).toBe(expected);
  });
});

describe('a check of an alarm', () => {
  it.each<[AlarmState, InsufficientDataStatus, boolean | undefined, boolean]>([
    ['OK', 'Unhealthy', false, true],
    ['ALARM', 'Healthy', true, false],
    ['INSUFFICIENT_DATA', 'Healthy', false, true],
    ['INSUFFICIENT_DATA', 'Unhealthy', true, false],
    ['INSUFFICIENT_DATA', 'LastKnownStatus', true, true],
    ['INSUFFICIENT_DATA', 'LastKnownStatus', false, false],
    ['INSUFFICIENT_DATA', 'LastKnownStatus', undefined, true],
  ])('that says %s, else %s, last known %s, is healthy: %s', (stream, setting, lastKnown, expected) => {
    expect(alarmHealth(stream, setting, lastKnown)).toBe(expected);
  });
});

describe('the effective status', () => {
  it.each([
    [true, false, false, true],
    [false, false, false, false],
    [false, true, false, true],
    [true, false, true, false],
    [false, false, true, true],
    [false, true, true, false],
  ])('of %s, disabled %s, inverted %s is %s', (observed, disabled, inverted, expected) => {
    expect(effectiveHealth(observed, { disabled, inverted })).toBe(expected);
  });
});
