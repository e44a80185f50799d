import { serve } from '../remote';
import { ConverseServer } from './converse-server';

/** The stand-in for Bedrock, in a process of its own. */
export type UpstreamMethods = Pick<
  ConverseServer,
  'listen' | 'setLatency' | 'setMode' | 'takeCalls' | 'takeLatencies'
>;

const server = new ConverseServer();

serve<UpstreamMethods>({
  listen: () => server.listen(),
  setLatency: (ms) => {
    server.setLatency(ms);
  },
  setMode: (model, mode) => {
    server.setMode(model, mode);
  },
  takeCalls: () => server.takeCalls(),
  takeLatencies: () => server.takeLatencies(),
});
