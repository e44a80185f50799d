import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { FAULT_MODES, isInMlops } from '@assistant/emulator';
import { DEMO_KEY } from '../../../contract/callers';
import { readPriceFile } from '../../benchmark/measure/prices';
import { describeError } from '../../command/errors';
import { faultsText } from '../../command/files';
import { projectConfig, RESULTS } from '../../command/project';
import { SCENARIOS } from '../../drill/scenario';
import { ACTIONS } from './actions';
import { ask } from './ask';
import type { Tools } from '../picture';
import type { Core } from './handle';
import { Jobs } from './job';
import { aboutOf, Live } from './live';
import { LocalLook } from './local-look';

/** Of a running `npm start`: what the page shows of it, and what it can do to it. */
export function createCore(): Core {
  const { date, models } = readPriceFile();
  // Another one after each start.
  const token = randomBytes(24).toString('base64url');
  const tools: Tools = {
    ...{ token, demoKey: DEMO_KEY, prices: { date, models } },
    modes: Object.fromEntries(
      Object.entries(FAULT_MODES)
        .filter(([target]) => !isInMlops(target))
        .map(([target, modes]) => [target, Object.keys(modes)]),
    ),
    scenarios: Object.entries(SCENARIOS)
      // Of a rehearsal, not of this run.
      .filter(([name]) => name !== 'deploy')
      .map(([name, { description }]) => ({ name, description })),
  };
  const live = new Live(aboutOf(projectConfig(), tools), new LocalLook());
  const jobs = new Jobs((job) => {
    live.showJob(job);
  });
  return {
    live,
    tools: {
      ...{ token, ask, results: RESULTS },
      describe: (error) => (error instanceof z.ZodError ? faultsText(error.issues) : describeError(error)),
      act: async (method, path, body) => {
        const name = Object.keys(ACTIONS).find((each) => `${method} ${path}/`.startsWith(`${each}/`));
        const action = name === undefined ? undefined : ACTIONS[name];
        if (name === undefined || action === undefined)
          return [404, { error: { code: 'not_found', message: 'There is no such path.' } }];
        const rest = decodeURIComponent(`${method} ${path}`.slice(name.length + 1));
        const answer = await action({ rest, body, jobs });
        if (method !== 'GET') live.refresh();
        return [200, answer];
      },
    },
  };
}
