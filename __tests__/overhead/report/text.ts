import type { Machine } from './machine';
import type { OverheadResult } from './result';
import {
  benchmarkSection,
  coldStartSection,
  consoleSection,
  healthySection,
  modelsSection,
  outageSection,
  soakSection,
  streamsSection,
  type Rows,
  type Section,
} from './sections';
import { targetsOf } from './targets';

/** Above it, other programs take a noticeable share of the machine. */
const BUSY_LOAD_PER_CORE = 0.5;

/** The sections of the parts that were run. */
const sectionsOf = ({
  healthy,
  outage,
  coldStart,
  benchmark,
  streams,
  soak,
  models,
  console,
}: OverheadResult): readonly Section[] => [
  ...(healthy ? [healthySection(healthy)] : []),
  ...(outage ? [outageSection(outage)] : []),
  ...(coldStart ? [coldStartSection(coldStart)] : []),
  ...(benchmark ? [benchmarkSection(benchmark)] : []),
  ...(streams ? [streamsSection(streams)] : []),
  ...(soak ? [soakSection(soak)] : []),
  ...(models ? [modelsSection(models)] : []),
  ...(console ? [consoleSection(console)] : []),
];

/** Lines that say where the figures come from. */
export function machineLines({ cpu, cores, memoryGb, system, node, packages, commit, loadBefore }: Machine) {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const busy = loadBefore / cores > BUSY_LOAD_PER_CORE ? ': the machine was BUSY with something else' : '';
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}, commit ${commit}`,
    versions.join(', '),
    `load before the run ${loadBefore.toFixed(2)}${busy}`,
  ];
}

/** The report for a terminal. */
export function textReport(result: OverheadResult): string {
  const targets = targetsOf(result);
  const rows = targets.map(({ promise, measured, held }) => [
    `${held ? 'held  ' : 'MISSED'} ${promise}`,
    measured,
  ]);
  return [
    ...machineLines(result.machine).map((line) => `${line}\n`),
    ...sectionsOf(result).map(
      ({ title, rows: cells, notes }) =>
        `\n${title}\n${table(cells)}${notes.map((note) => `  ${note}\n`).join('')}`,
    ),
    `\nTargets\n${table(rows)}`,
  ].join('');
}

/**
 * Columns as wide as their widest cell, the first aligned left and the others right.
 * @returns lines, each ended by a newline
 */
export function table(rows: Rows): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map((row) => `  ${line(row)}\n`).join('');
}
