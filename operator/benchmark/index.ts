/** What measures models, for the harness that measures what it adds itself. */
export { Benchmark } from './measure/benchmark';
export { BedrockCaller } from './measure/caller/bedrock-caller';
export { createPlan } from './measure/plan';
