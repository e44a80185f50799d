import type { Command } from 'commander';
import type { Tier } from '../../contract/api';
import { circuitTable } from '../circuits/circuits-command';
import { EXIT } from '../command/exit-codes';
import { hanging, type Block } from '../command/layout';
import { tell, tellJson } from '../command/output';
import { withoutRerun } from '../command/errors';
import { localOnlyOption } from '../command/target';
import { placeTitle } from '../command/words';
import { faultLines } from '../fault/fault-command';
import { readSystem, TIERS, type RegionState, type SystemState } from './read-system';

const HELP = `
What is wrong comes first: also where, of the latest ten answers to callers in
a region, some were degraded or the fallback model's. Their counts below are
since the start.

It is about a running \`npm start\` alone. Of a deployment, CloudWatch shows
metrics and alarms; its circuits and its evacuation are shown by

  npm run assistant -- circuits show --target aws
  npm run assistant -- evacuate status --target aws

Exit codes: ${EXIT.done} shown; ${EXIT.incomplete} a region was not reached; ${EXIT.failed} nothing runs.`;

export const statusCommand = (command: Command): Command =>
  command
    .addOption(localOnlyOption('Of a deployment: circuits show, evacuate status, models status, console.'))
    .option('--json', 'prints the state as JSON', false)
    .addHelpText('after', HELP)
    .action(async ({ json }: { readonly json: boolean }) => {
      const system = await readSystem();
      if (json) tellJson(system);
      else tell(...statusLines(system));
      const parts = [system.evacuation, ...system.regions.map(({ circuits }) => circuits)];
      if (parts.some((part) => typeof part === 'string')) process.exitCode = EXIT.incomplete;
    });

export function statusLines(system: SystemState): readonly Block[] {
  const { failover, models, clock, healthChecks, regions, faults } = system;
  const { name, servedBy, resolvesTo } = failover;
  const named = (role: string): string =>
    regions.filter((region) => region.role === role).map(placeTitle)[0] ?? role;
  const moving = resolvesTo === servedBy ? '' : `; DNS leads new callers to ${named(resolvesTo)}`;
  const speed = clock.speed === 1 ? '' : `, ${clock.speed} times as fast as this machine's clock`;
  const troubles = troublesOf(system);
  return [
    `${name} is served by ${named(servedBy)}${moving}.`,
    ...(troubles.length === 0
      ? ['Nothing is wrong.']
      : ['What is wrong:', ...troubles.map((text) => hanging(`  - ${text}`, 4))]),
    ...(regions.flatMap(alarmsOf).length === 0 ? [] : ['What to do about alarms: docs/operate/alarms.md']),
    `Models: ${models}. Time: ${clock.now}${speed}.`,
    '',
    'Health checks',
    ...healthChecks.map(({ name: check, healthy }) => `  ${healthy ? 'healthy  ' : 'UNHEALTHY'}  ${check}`),
    ...regions.flatMap((region) => ['', ...regionLines(region)]),
    '',
    ...(faults.length === 0 ? [] : ['Faults in force:']),
    ...faultLines(faults),
  ];
}

/** Of a state, what trouble is told by. */
interface Symptoms extends Pick<SystemState, 'evacuation'> {
  readonly failover: { readonly servedBy: string };
  readonly healthChecks: readonly Pick<SystemState['healthChecks'][number], 'name' | 'healthy' | 'reason'>[];
  readonly faults: readonly unknown[];
  readonly regions: readonly RegionSymptoms[];
}

interface RegionSymptoms extends Pick<RegionState, 'role' | 'region' | 'alarms' | 'latest'> {
  readonly configuration: Pick<RegionState['configuration'], 'answering'>;
  readonly circuits:
    string | readonly { readonly model: string; readonly phase: string; readonly forced: boolean }[];
}

/** What whoever is on call has to know first, and what to do about it. */
export function troublesOf({
  failover,
  evacuation,
  healthChecks,
  regions,
  faults,
}: Symptoms): readonly string[] {
  return [
    ...missingRegions(failover, regions),
    ...evacuationTroubles(evacuation),
    ...healthChecks
      .filter(({ healthy }) => !healthy)
      .map(({ name, reason }) => `Health check ${name} is unhealthy: ${reason}.`),
    ...regions.flatMap((region) => [
      ...answerTroubles(region),
      ...circuitTroubles(region),
      ...(region.configuration.answering?.source === 'bundled'
        ? [
            `${placeTitle(region)} answers by the bundled ModelConfig: its functions have got none from AppConfig.`,
          ]
        : []),
      ...alarmsOf(region).map((name) => `${placeTitle(region)}: alarm ${name}.`),
    ]),
    ...(faults.length === 0
      ? []
      : ['Faults were injected, as the table below has it. End them:\nnpm run assistant -- fault clear']),
  ];
}

/** Only a rehearsal has one region alone. */
function missingRegions({ servedBy }: Symptoms['failover'], regions: Symptoms['regions']): readonly string[] {
  return (['primary', 'secondary'] as const)
    .filter((role) => regions.every((region) => region.role !== role))
    .map(
      (role) =>
        `The ${role} is not deployed, so that nothing takes over from the other region. ${
          servedBy === role
            ? 'Callers who remember its DNS record get 502 until the record’s time to live is over. '
            : ''
        }Deploy it:\nnpm run assistant -- rehearse deploy ${role}`,
    );
}

function evacuationTroubles(evacuation: SystemState['evacuation']): readonly string[] {
  if (typeof evacuation === 'string')
    return [
      `Whether the primary is evacuated is not known: its switch was not reached. ${withoutRerun(evacuation)}`,
    ];
  if (!evacuation.evacuated) return [];
  const since = evacuation.since ?? 'an unknown time';
  return [
    `The primary is evacuated by an operator since ${since}. Give it back:\nnpm run assistant -- evacuate return`,
  ];
}

/** Callers may fare badly before an alarm has counted enough, and where there are few of them. */
function answerTroubles(region: RegionSymptoms): readonly string[] {
  const { latest } = region;
  const count = (tier: Tier): number => latest.filter((each) => each === tier).length;
  const of = (tier: Tier): string => `${count(tier)} of the latest ${latest.length} to callers`;
  const again = latest[0] === 'degraded' ? '' : ' The latest is a model’s.';
  return [
    ...(count('degraded') === 0
      ? []
      : [`${placeTitle(region)}: degraded answers, for which no model answered: ${of('degraded')}.${again}`]),
    ...(count('fallback') === 0
      ? []
      : [
          `${placeTitle(region)}: answers of the fallback model, and not of the primary one: ${of('fallback')}.`,
        ]),
  ];
}

function circuitTroubles(region: RegionSymptoms): readonly string[] {
  const { circuits } = region;
  if (typeof circuits === 'string')
    return [
      `The circuits of ${placeTitle(region)} are not known: their table was not reached. ${withoutRerun(circuits)}`,
    ];
  return circuits.map(({ model, phase, forced }) => {
    if (forced)
      return `${placeTitle(region)}: an operator took ${model} out of use. Put it back:\nnpm run assistant -- circuits close ${model}`;
    return phase === 'open'
      ? `${placeTitle(region)}: ${model} has failed and is not asked (circuit open); it is probed by itself.`
      : `${placeTitle(region)}: ${model} has failed and is being probed (circuit half-open).`;
  });
}

const alarmsOf = ({ alarms }: Pick<RegionState, 'alarms'>): readonly string[] =>
  alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);

function regionLines(region: RegionState): readonly Block[] {
  const { configuration, answers, circuits, alarms } = region;
  const { deployed, answering } = configuration;
  const firing = alarmsOf(region);
  return [
    placeTitle(region),
    `  configuration: version ${deployed.number}, ${deployed.version}; ${answeringText(answering)}`,
    `  answers: ${TIERS.map((tier) => `${answers[tier]} ${tier}`).join(', ')}`,
    `  alarms: ${firing.length === 0 ? `none of ${alarms.length} in alarm` : firing.join(', ')}`,
    ...silentCanary(alarms).map((name) => `  alarm without data: ${name}`),
    ...circuitsText(circuits),
  ];
}

/** Of a silent canary, which is never in alarm. Others are without data where nobody asks. */
const silentCanary = (alarms: RegionState['alarms']): readonly string[] =>
  alarms
    .filter(({ name, state }) => state === 'INSUFFICIENT_DATA' && name.endsWith('canary-silent'))
    .map(({ name }) => name);

const answeringText = (answering: RegionState['configuration']['answering']): string =>
  answering === null ? 'no answer yet' : `answers by ${answering.version} (${answering.source})`;

function circuitsText(circuits: RegionState['circuits']): readonly Block[] {
  if (typeof circuits === 'string') return ['  circuits: not known'];
  return circuits.length === 0 ? ['  circuits: all closed'] : ['  circuits:', circuitTable(circuits)];
}
