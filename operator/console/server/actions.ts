import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl } from '@assistant/emulator';
import * as z from 'zod';
import { circuitTableName } from '../../../contract/circuit';
import { switchTableName } from '../../../contract/evacuation';
import { modelConfigSchema, type ModelConfig } from '../../../contract/model-config';
import { CircuitAdmin } from '../../circuits/circuit-admin';
import { CommandError, withoutRerun } from '../../command/errors';
import { projectConfig } from '../../command/project';
import { openRegions, type Role } from '../../command/target';
import { SCENARIO_NAMES } from '../../drill/scenario';
import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { configFaults } from '../../model-config/model-config-file';
import { differences } from '../../models/differences';
import { setModel } from '../../models/set-model';
import { preflight } from '../../preflight/preflight';
import { readTrace } from '../../trace/read-traces';
import { traceSteps, traceTree } from '../../trace/trace-tree';
import type { Jobs } from './job';

const role = z.enum(['primary', 'secondary']);
const where = z.enum(['primary', 'secondary', 'both']);

interface ActionContext {
  /** What follows the action's name in the path. */
  readonly rest: string;
  readonly body: unknown;
  readonly jobs: Jobs;
}

type Action = (context: ActionContext) => unknown;

/** What the page may do, by method and path; each by what the operator's commands do it by. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  'POST faults': ({ body }) => callControl('POST', '/faults', body),
  'DELETE faults': ({ rest }) =>
    callControl('DELETE', rest === '' ? '/faults' : `/faults/${encodeURIComponent(rest)}`),
  'PUT replication': ({ body }) => callControl('PUT', '/replication', body),
  'PUT evacuation': async ({ body }) => {
    const { evacuated } = z.object({ evacuated: z.boolean() }).parse(body);
    const { dynamoDb } = (await openRegions('local')).secondary;
    const admin = new EvacuationAdmin(switchTableName(projectConfig().project), dynamoDb);
    try {
      return await (evacuated ? admin.evacuate() : admin.giveBack());
    } finally {
      admin.close();
    }
  },
  'PUT circuits': async ({ body }) => {
    const wanted = z.object({ role, model: z.string(), to: z.enum(['open', 'closed']) }).parse(body);
    const { dynamoDb } = (await openRegions('local'))[wanted.role];
    const admin = new CircuitAdmin(circuitTableName(projectConfig().project), dynamoDb);
    try {
      return await admin.force(wanted.model, wanted.to);
    } finally {
      admin.close();
    }
  },
  'GET trace': async ({ rest }) => {
    const [of, id = ''] = rest.split('/');
    const trace = await readTrace((await openRegions('local'))[role.parse(of)].xray, id);
    return traceSteps(traceTree(trace ?? {}));
  },
  'GET rules': ({ rest }) => rulesOf(role.parse(rest)),
  'GET schema': () => z.toJSONSchema(modelConfigSchema),
  'POST rules/set': ({ body }) => {
    const { text, type, tier, model } = z
      .object({
        text: z.string(),
        type: z.string(),
        tier: z.enum(['primary', 'fallback']),
        model: z.string(),
      })
      .parse(body);
    const config = modelConfigSchema.parse(readJson(text));
    return setModel(config, projectConfig().regions.primary, { type, tier }, model);
  },
  'POST rules/check': async ({ body }) => {
    const { text } = z.object({ text: z.string() }).parse(body);
    const config = readJson(text);
    const faults = configFaults(config, projectConfig());
    if (faults.length > 0) return { faults, regions: [] };
    const regions = await Promise.all(
      (['primary', 'secondary'] as const).map(async (each) => ({
        role: each,
        differences: differences(await rulesOf(each), config as ModelConfig),
      })),
    );
    return { faults, regions };
  },
  'POST rules/preflight': async ({ body }) => {
    const { text } = z.object({ text: z.string() }).parse(body);
    const rules = modelConfigSchema.parse(readJson(text));
    const [config, regions] = [projectConfig(), await openRegions('local')];
    return Promise.all(
      (['primary', 'secondary'] as const).map(async (each) => {
        const reports = await preflight(regions[each], rules, { config, now: regions.modelsNow });
        const models = reports.map(({ modelId, checks }) => ({
          modelId,
          checks: checks.map((check) => ({ ...check, detail: withoutRerun(check.detail) })),
        }));
        return { role: each, models };
      }),
    );
  },
  'POST rules/deploy': ({ body, jobs }) => {
    const { text, region, now, expect } = z
      .object({ text: z.string(), region: where, now: z.boolean(), expect: z.string().optional() })
      .parse(body);
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    const file = join(folder, 'model-config.json');
    writeFileSync(file, `${JSON.stringify(readJson(text), null, 2)}\n`);
    const args = ['models', 'deploy', file, '--region', region, '--yes', ...(now ? ['--now'] : [])];
    // Refused where somebody has changed the rules since the page showed what would change.
    if (expect !== undefined) args.push('--expect', expect);
    jobs.start(`Deploy the rules (${region})`, args, () => {
      rmSync(folder, { recursive: true, force: true });
    });
  },
  'POST rules/rollback': ({ body, jobs }) => {
    const { region } = z.object({ region: where }).parse(body);
    jobs.start(`Roll back (${region})`, ['models', 'rollback', '--region', region, '--yes']);
  },
  'POST drill': ({ body, jobs }) => {
    const { scenario } = z.object({ scenario: z.enum(SCENARIO_NAMES) }).parse(body);
    jobs.start(`Drill: ${scenario}`, ['drill', scenario]);
  },
  'DELETE job': ({ jobs }) => {
    jobs.stop();
  },
};

const rulesOf = async (of: Role): Promise<ModelConfig> =>
  (await callControl('GET', `/configuration?region=${of}`)) as ModelConfig;

/** @throws CommandError that says where it stops to be JSON */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`It is not JSON: ${(error as Error).message}`);
  }
}
