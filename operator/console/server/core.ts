import * as z from 'zod';
import { FAULT_MODES, isInMlops } from '@assistant/emulator';
import { DEMO_KEY } from '../../../contract/callers';
import { moveSeconds } from '../../../contract/failover';
import { readPriceFile } from '../../benchmark/measure/prices';
import { describeError } from '../../command/errors';
import { faultsText } from '../../command/files';
import { projectConfig, RESULTS } from '../../command/project';
import { SCENARIOS } from '../../drill/scenario';
import { ACTIONS } from './actions';
import { ask } from './ask';
import { Jobs } from './job';
import { Live } from './live';

/** All that the page needs once it is shown. */
export function createCore(token: string) {
  const { date, models } = readPriceFile();
  const live = new Live({
    token,
    demoKey: DEMO_KEY,
    modes: Object.fromEntries(
      Object.entries(FAULT_MODES)
        .filter(([target]) => !isInMlops(target))
        .map(([target, modes]) => [target, Object.keys(modes)]),
    ),
    prices: { date, models },
    scenarios: Object.entries(SCENARIOS)
      // Of a rehearsal, not of this run.
      .filter(([name]) => name !== 'deploy')
      .map(([name, { description }]) => ({ name, description })),
    moveSeconds: moveSeconds(projectConfig()),
  });
  const jobs = new Jobs((job) => {
    live.showJob(job);
  });
  return {
    live,
    ask,
    results: RESULTS,
    describe: (error: unknown) =>
      error instanceof z.ZodError ? faultsText(error.issues) : describeError(error),
    act: async (method: string, path: string, body: unknown): Promise<readonly [number, unknown]> => {
      const name = Object.keys(ACTIONS).find((each) => `${method} ${path}/`.startsWith(`${each}/`));
      const action = name === undefined ? undefined : ACTIONS[name];
      if (name === undefined || action === undefined)
        return [404, { error: { message: 'There is no such path.' } }];
      const rest = decodeURIComponent(`${method} ${path}`.slice(name.length + 1));
      const answer = await action({ rest, body, jobs });
      if (method !== 'GET') live.refresh();
      return [200, answer];
    },
  };
}
