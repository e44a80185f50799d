import type { ConverseServer } from './converse-server';

/** The stand-in for Bedrock, in a process of its own. */
export type UpstreamMethods = Pick<ConverseServer, 'listen' | 'setLatency' | 'setMode' | 'takeCalls'>;
