import { serve } from '../process/serve';
import { FixedLatencyServer } from './fixed-latency-server';

export interface ServerMethods {
  /** Milliseconds; returns the endpoint's URL. */
  listen(latencyMs: number): Promise<string>;
  takeLatencies(): readonly number[];
}

let server: FixedLatencyServer | undefined;

serve<ServerMethods>({
  listen: (latencyMs) => {
    server = new FixedLatencyServer(latencyMs);
    return server.listen();
  },
  takeLatencies: () => server?.takeLatencies() ?? [],
});
