import { REACTIONS } from '../lambdas/bedrock/reactions';

const yes = (value: boolean) => (value ? 'yes' : 'no');

/** README's table of reactions, in Markdown. */
export function reactionsTable(): string {
  const rows = Object.entries(REACTIONS).map(([failure, { meaning, retries, then, counts, alarms }]) => {
    const next = then === 'fall_back' ? 'next tier' : 'a larger model, else 400';
    return `| \`${failure}\` | ${meaning} | ${retries === 1 ? 'once' : 'no'} | ${next} | ${yes(counts)} | ${yes(alarms)} |`;
  });
  return [
    '| failure | when | retried | then | counts against the circuit | alarms |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
