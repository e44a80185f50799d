import {
  BatchGetTracesCommand,
  GetTraceSummariesCommand,
  XRayClient,
  type Trace,
  type TraceSummary,
} from '@aws-sdk/client-xray';
import { answersWithin, type ServiceConfig } from '../command/target';

/** The SDK's own retries are the only ones: nothing is changed. */
const CLIENT = {
  maxAttempts: 3,
  requestHandler: answersWithin(10_000),
};

/** @returns the trace as X-Ray has it; undefined where it has none of that id */
export const readTrace = (config: ServiceConfig, id: string): Promise<Trace | undefined> =>
  withClient(config, async (client) => {
    const { Traces: [trace] = [] } = await client.send(new BatchGetTracesCommand({ TraceIds: [id] }));
    return trace;
  });

/**
 * @returns what X-Ray says of the traces of the last so many minutes, as many of the latest as it has on a page; it has
 * them some seconds after their end
 */
export const recentTraces = (config: ServiceConfig, minutes: number): Promise<readonly TraceSummary[]> =>
  withClient(config, async (client) => {
    const EndTime = new Date();
    const StartTime = new Date(EndTime.getTime() - minutes * 60_000);
    const { TraceSummaries = [] } = await client.send(new GetTraceSummariesCommand({ StartTime, EndTime }));
    return TraceSummaries;
  });

async function withClient<T>(config: ServiceConfig, act: (client: XRayClient) => Promise<T>): Promise<T> {
  const client = new XRayClient({ ...config, ...CLIENT });
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}
