export const SCENARIO_NAMES = ['region', 'conversation', 'models', 'evacuation', 'deploy'] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];

export interface Scenario {
  /** What is done to the system, in words. */
  readonly description: string;
  /** When it begins and when it is undone, in words. */
  readonly begins: string;
  readonly ends: string;
  /** Whether callers are to move to the secondary. */
  readonly moves: boolean;
  /** The fault that does it, as `POST /faults` takes it; none where the evacuation switch does. */
  readonly fault?: { readonly region: 'primary'; readonly target: string; readonly mode: string };
  /** The command that ends it, should the drill itself not come to that. */
  readonly undo: string;
  /** Whether requests are turns of conversations that are kept. @default single questions */
  readonly converses?: true;
  /** Whether callers of the primary go without an answer until they have moved. */
  readonly interrupts: boolean;
}

const LOSS = { begins: 'lost', ends: 'brought back', moves: true } as const;

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  region: {
    description: 'the whole primary region goes down',
    ...LOSS,
    fault: { region: 'primary', target: 'region', mode: 'down' },
    undo: 'npm run assistant -- fault clear',
    interrupts: true,
  },
  conversation: {
    description: 'the primary region goes down, between turns and amid streams',
    ...LOSS,
    fault: { region: 'primary', target: 'region', mode: 'down' },
    undo: 'npm run assistant -- fault clear',
    interrupts: true,
    converses: true,
  },
  models: {
    description: 'every model of the primary region fails',
    ...LOSS,
    fault: { region: 'primary', target: 'bedrock', mode: 'error' },
    undo: 'npm run assistant -- fault clear',
    interrupts: false,
  },
  evacuation: {
    description: 'an operator evacuates the primary region',
    ...LOSS,
    undo: 'npm run assistant -- evacuate return',
    interrupts: false,
  },
  deploy: {
    description: 'a rehearsed deployment changes a throttle, functions and rules',
    begins: 'deployment begins',
    ends: 'deployed back',
    moves: false,
    undo: 'npm run assistant -- rehearse deploy primary secondary',
    interrupts: false,
  },
};
