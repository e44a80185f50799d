/** How a deployment spreads: which part of the clients has it when, and how long it is watched afterwards. */
export interface Strategy {
  readonly id: string;
  readonly name: string;
  readonly durationMinutes: number;
  /** Percent of the clients that each step adds. */
  readonly growthFactor: number;
  readonly growthType: 'LINEAR' | 'EXPONENTIAL';
  readonly bakeMinutes: number;
}

const predefined = (
  name: string,
  [durationMinutes, growthFactor, bakeMinutes]: readonly [number, number, number],
  growthType: Strategy['growthType'] = 'LINEAR',
): Strategy => ({ id: name, name, durationMinutes, growthFactor, growthType, bakeMinutes });

/** Strategies that AWS has made already. Source: AppConfig user guide, "Predefined deployment strategies". */
export const PREDEFINED_STRATEGIES: readonly Strategy[] = [
  predefined('AppConfig.AllAtOnce', [0, 100, 10]),
  predefined('AppConfig.Linear50PercentEvery30Seconds', [1, 50, 1]),
  predefined('AppConfig.Canary10Percent20Minutes', [20, 10, 10], 'EXPONENTIAL'),
  predefined('AppConfig.Linear20PercentEvery6Minutes', [30, 20, 30]),
];

/** Whether clients get the configuration one after the other, which the local run does not emulate. */
export const isGradual = ({ durationMinutes, growthFactor }: Strategy): boolean =>
  durationMinutes !== 0 || growthFactor !== 100;
