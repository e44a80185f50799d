export const SCENARIO_NAMES = ['region', 'models', 'evacuation'] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];

export interface Scenario {
  /** What is done to the primary region, in words. */
  readonly description: string;
  /** The fault that does it, as `POST /faults` takes it; none where the evacuation switch does. */
  readonly fault?: { readonly region: 'primary'; readonly target: string; readonly mode: string };
  /** The command that ends it, should the drill itself not come to that. */
  readonly undo: string;
  /** Whether callers of the primary go without an answer until they have moved. */
  readonly interrupts: boolean;
}

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  region: {
    description: 'the whole primary region goes down',
    fault: { region: 'primary', target: 'region', mode: 'down' },
    undo: 'npm run assistant -- fault clear',
    interrupts: true,
  },
  models: {
    description: 'every model of the primary region fails',
    fault: { region: 'primary', target: 'bedrock', mode: 'error' },
    undo: 'npm run assistant -- fault clear',
    interrupts: false,
  },
  evacuation: {
    description: 'an operator evacuates the primary region',
    undo: 'npm run assistant -- evacuate return',
    interrupts: false,
  },
};
