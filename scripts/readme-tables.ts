import { REACTIONS, STOP_REASONS, type StopReading } from '../lambdas/bedrock/reactions';

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

const READINGS: Readonly<Record<StopReading, string>> = {
  answer: 'the text is the answer',
  cut: 'the text is returned; `stopReason` says that it was cut',
  filtered: 'a result, returned as such',
  no_answer: '`invalid_response`, as above',
};

/** README's table of stop reasons, in Markdown. */
export function stopReasonsTable(): string {
  const rows = Object.entries(STOP_REASONS).map(
    ([stop, reading]) => `| \`${stop}\` | ${reading ? READINGS[reading] : ''} |`,
  );
  return ['| stop reason | what becomes of the text |', '| --- | --- |', ...rows].join('\n');
}
