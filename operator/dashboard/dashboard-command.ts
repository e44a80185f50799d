import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { callControl, type Dashboard } from '@assistant/emulator';
import { requireReached } from '../command/each-region';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { makeFolder, shownPath } from '../command/files';
import { outOption, wholeNumber } from '../command/options';
import { note, tellJson } from '../command/output';
import { regionOption, rolesIn } from '../command/region';
import { localOnlyOption, readStatus, requireRegion, type Role } from '../command/target';
import { type Graph, readGraphs } from './graphs';
import { dashboardPage } from './page';

const HELP = `
It is about a running \`npm start\` alone: the dashboards as they would be
deployed, with the metrics that it has emulated. Of a deployment, CloudWatch's
console shows them, in whichever region it is opened.

Exit codes: ${EXIT.done} written; ${EXIT.failed} nothing runs, no region answers, or there is no such
dashboard; ${EXIT.incomplete} written without a region that was not reached.`;

interface Options {
  readonly region: string;
  readonly minutes: number;
  readonly out: string;
  readonly json: boolean;
}

export const dashboardCommand = (command: Command): Command =>
  command
    .addOption(localOnlyOption('CloudWatch’s console shows those of a deployment.'))
    .addOption(regionOption('both'))
    .option('--minutes <count>', 'how far back, in emulated minutes', wholeNumber(5, 1_440), 180)
    .addOption(outOption('where the page is written'))
    .option('--json', 'prints what the graphs show as JSON', false)
    .addHelpText('after', HELP)
    .action(async ({ region: where, minutes, out, json }: Options) => {
      const status = await readStatus();
      if (where === 'primary' || where === 'secondary') requireRegion(status, where);
      // One region may be deployed before the other.
      const names = Object.fromEntries(
        Object.entries(status.regions).map(([role, { region }]) => [role, region]),
      ) as Record<Role, string>;
      const roles = rolesIn(where, names);
      const dashboard = find(
        (await callControl('GET', '/dashboards')) as readonly Dashboard[],
        roles.map((role) => names[role]),
        Object.values(names),
      );
      const time = { from: status.clock.now - minutes * 60_000, to: status.clock.now };
      const { graphs, reached, failed } = await readGraphs(
        dashboard,
        time,
        requireRegion(status, 'primary' in names ? 'primary' : 'secondary').clients.cloudWatch,
      );
      const outcome = {
        reached,
        failed: failed.map((each) => ({
          ...each,
          // Route 53's metrics may be in a region that is neither's.
          role: roles.find((role) => names[role] === each.region) ?? 'Route 53',
        })),
      };
      if (reached.length === 0) requireReached(outcome, 'read');
      if (json) tellJson({ dashboard: dashboard.name, graphs: graphs.map(shownOf), failed: outcome.failed });
      const file = join(out, `dashboard-${dashboard.name}.html`);
      makeFolder(out);
      writeFileSync(file, dashboardPage({ dashboard, graphs, status, time, minutes }));
      note(`Written: ${shownPath(file)}`);
      requireReached(outcome, 'read');
    });

/** For programs, with times as the other commands tell them. */
export const shownOf = ({ widget: { title }, lines }: Graph) => ({
  title,
  lines: lines.map(({ points, ...line }) => ({
    ...line,
    points: points.map(([at, value]) => ({ at: new Date(at).toISOString(), value })),
  })),
});

/** A region's dashboard ends in its name; that of both ends in none. */
function find(
  dashboards: readonly Dashboard[],
  wanted: readonly string[],
  regions: readonly string[],
): Dashboard {
  const found = dashboards.find(({ name }) => {
    const of = regions.filter((region) => name.endsWith(`-${region}`));
    return of.join() === (wanted.length === 1 ? wanted.join() : '');
  });
  if (found !== undefined) return found;
  throw new CommandError(
    dashboards.length === 0
      ? 'What runs has no dashboards: "dashboards" is false in its configuration.'
      : `What runs has no dashboard of ${wanted.join(' and ')}, only ${dashboards.map(({ name }) => name).join(', ')}.`,
  );
}
