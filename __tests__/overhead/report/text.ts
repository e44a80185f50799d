import type { Machine } from './machine';
import type { BenchResult } from './result';
import { coldStartSection, harnessSection, healthySection, outageSection, type Section } from './sections';
import { table } from './table';
import { targetsOf } from './targets';

/** Above it, other programs take a noticeable share of the machine. */
const BUSY_LOAD_PER_CORE = 0.5;

/** The sections of the parts that were run. */
export const sectionsOf = ({ healthy, outage, coldStart, harness }: BenchResult): readonly Section[] => [
  ...(healthy ? [healthySection(healthy)] : []),
  ...(outage ? [outageSection(outage)] : []),
  ...(coldStart ? [coldStartSection(coldStart)] : []),
  ...(harness ? [harnessSection(harness)] : []),
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
export function textReport(result: BenchResult): string {
  const targets = targetsOf(result);
  const rows = targets.map(({ promise, measured, met }) => [
    `${met ? 'met   ' : 'MISSED'} ${promise}`,
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
