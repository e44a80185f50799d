import type { Command } from 'commander';
import { circuitLines } from '../circuits/circuits-command';
import { table, tell, tellJson } from '../command/output';
import { faultLines } from '../fault/fault-command';
import { readSystem, TIERS, type RegionState, type SystemState } from './read-system';

const HELP = `
A running \`npm start\` alone. Of a deployment, CloudWatch shows metrics and alarms;
its circuits and its evacuation are shown by

  npm run assistant -- circuits show --target aws
  npm run assistant -- evacuate status --target aws`;

export const statusCommand = (command: Command): Command =>
  command
    .option('--json', 'prints the state as JSON', false)
    .addHelpText('after', HELP)
    .action(async ({ json }: { readonly json: boolean }) => {
      const system = await readSystem();
      if (json) tellJson(system);
      else tell(...statusLines(system));
    });

export function statusLines({ failover, models, clock, healthChecks, regions, faults }: SystemState) {
  const { name, servedBy, resolvesTo } = failover;
  const speed = clock.speed === 1 ? '' : `, ${clock.speed} times as fast as this machine's clock`;
  return [
    `${name} is served by ${servedBy}${resolvesTo === servedBy ? '' : `; DNS leads new callers to ${resolvesTo}`}.`,
    `Models: ${models}. Time: ${clock.now}${speed}.`,
    '',
    'Health checks:',
    table(
      ['check', 'health', 'why'],
      healthChecks.map(({ name: check, healthy, reason }) => [
        check,
        healthy ? 'healthy' : 'unhealthy',
        reason,
      ]),
    ),
    ...regions.flatMap((region) => ['', ...regionLines(region)]),
    '',
    ...(faults.length === 0 ? [] : ['Faults in force:']),
    ...faultLines(faults),
  ];
}

function regionLines({ role, region, configuration, answers, circuits, alarms }: RegionState) {
  const { deployed, answering } = configuration;
  const firing = alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  return [
    `${role} (${region})`,
    `  configuration: ${deployed.version} deployed (version ${deployed.number}), ${answeringText(answering)}`,
    `  answers: ${TIERS.map((tier) => `${answers[tier]} ${tier}`).join(', ')}`,
    `  alarms: ${firing.length === 0 ? `none of ${alarms.length} in alarm` : firing.join(', ')}`,
    ...circuitsText(circuits, role, region),
  ];
}

const answeringText = (answering: RegionState['configuration']['answering']): string =>
  answering === null ? 'no answer yet' : `answering by ${answering.version} (${answering.source})`;

function circuitsText(circuits: RegionState['circuits'], role: RegionState['role'], region: string) {
  if (typeof circuits === 'string') return [`  circuits: not known. ${circuits}`];
  if (circuits.length === 0) return ['  circuits: all closed'];
  return circuitLines({ role, region, circuits });
}
