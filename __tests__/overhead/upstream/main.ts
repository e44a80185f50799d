import { serve } from '../process/serve';
import { ConverseServer } from './converse-server';
import type { UpstreamMethods } from './upstream';

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
});
