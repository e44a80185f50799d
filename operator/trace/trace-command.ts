import type { TraceSummary } from '@aws-sdk/client-xray';
import { InvalidArgumentError, type Command } from 'commander';
import { inRegions, requireReached } from '../command/each-region';
import { CommandError } from '../command/errors';
import { table } from '../command/layout';
import { tell, tellJson } from '../command/output';
import { regionOption } from '../command/region';
import { placeTitle } from '../command/words';
import { targetOption, type TargetName } from '../command/target';
import { readTrace, recentTraces } from './read-traces';
import { begunAt, pathOf, traceTree, treeLines } from './trace-tree';

interface Options {
  readonly target: TargetName;
  readonly region: string;
  readonly json: boolean;
}

/** Of so many minutes, traces are listed. */
const RECENT_MINUTES = 10;

const HELP = `
An ID stands in the header X-Amzn-Trace-Id of an answer, and as xray_trace_id in
the log lines of a request that is recorded. Of each second, the first request
is, and 5 % of the others; one with this header is in any case:

  X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Sampled=1`;

export const traceCommand = (command: Command): Command =>
  command
    .argument('[id]', 'of the trace; without it, the latest are listed', traceId)
    .addOption(targetOption())
    .addOption(regionOption('both'))
    .option('--json', 'prints it as JSON', false)
    .addHelpText('after', HELP)
    .action((id: string | undefined, options: Options) =>
      id === undefined ? list(options) : show(id, options),
    );

async function show(id: string, options: Options): Promise<void> {
  const outcome = await inRegions(options, async ({ xray, region }, role) => {
    const trace = await readTrace(xray, id);
    if (trace === undefined) return [];
    const durationMs = Math.round((trace.Duration ?? 0) * 1_000);
    return [{ id, role, region, at: begunAt(trace), durationMs, parts: traceTree(trace) }];
  });
  const traces = outcome.reached.flat();
  if (options.json) tellJson({ traces, failed: outcome.failed });
  else
    for (const { role, region, at, durationMs, parts } of traces) {
      const title = `${id} in ${placeTitle({ role, region })} at ${at}: ${durationMs} ms`;
      tell(title, '  begun       took', ...treeLines(parts));
    }
  requireReached(outcome, 'read');
  if (traces.length === 0) {
    const why = 'it was not recorded, or is not there yet. Try again, or --help';
    throw new CommandError(`There is no trace ${id}: ${why}.`);
  }
}

async function list(options: Options): Promise<void> {
  const outcome = await inRegions(options, async ({ xray, region }, role) => {
    const summaries = await recentTraces(xray, RECENT_MINUTES);
    return { region, traces: summaries.map((summary) => ({ role, ...summaryOf(summary) })) };
  });
  const { reached } = outcome;
  const traces = reached.flatMap((read) => read.traces).sort((a, b) => a.at.localeCompare(b.at));
  if (options.json) tellJson({ traces, failed: outcome.failed });
  else if (traces.length === 0 && reached.length > 0) {
    const where = reached.map(({ region }) => region).join(' and ');
    tell(`No request of the last ${RECENT_MINUTES} minutes was recorded in ${where}.`);
  } else if (traces.length > 0) {
    const rows = traces.map(({ id, at, role, request, status, ms }) => [
      ...[id, at.slice(11, 19), role, request, status, String(ms)],
    ]);
    tell(table(['trace', 'UTC', 'region', 'request', 'status', 'ms'], rows));
  }
  requireReached(outcome, 'read');
}

/** Its time is told, as who asks can choose the id. */
export function summaryOf({ Id = '', StartTime, ResponseTime = 0, Http = {} }: TraceSummary) {
  const { HttpMethod = '', HttpURL = '', HttpStatus = '' } = Http;
  const request = `${HttpMethod} ${pathOf(HttpURL)}`.trim();
  const at = StartTime?.toISOString() ?? '';
  return { id: Id, at, request, status: String(HttpStatus), ms: Math.round(ResponseTime * 1_000) };
}

/** Also out of a whole header. */
function traceId(text: string): string {
  const id = /1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(text)?.[0];
  if (id === undefined)
    throw new InvalidArgumentError('It must be like 1-67891233-abcdef012345678912345678.');
  return id;
}
