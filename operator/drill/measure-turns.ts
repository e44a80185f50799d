import { CUT_STREAM } from './conversations';
import type { Attempt, DrillLog, TurnSeen } from './drill-log';
import { TIMER_TOLERANCE_MS } from './measure';
import type { Verdict } from './verdict';

/** What became of the turns of conversations. */
export interface TurnMeasurement {
  /** How late the other region's replica is, in real milliseconds. */
  readonly lagMs: number;
  /** Those that an answer acknowledged as kept. */
  readonly acknowledged: number;
  /** Those of them that were acknowledged by the primary in the lag before its loss. */
  readonly inWindow: number;
  /** Turns that an answer's model was not told, though they had been acknowledged before: each counts once. */
  readonly missing: number;
  /** Those of them that nothing explains: there was more time than the lag. */
  readonly missingTooLong: number;
  /** Those that the latest answer of their conversation did not know either. */
  readonly missingAtEnd: number;
  /** Streams that ended without their last event, each of which its client knew as no answer. */
  readonly cutStreams: number;
}

/** A turn as its client saw it; emulated epoch milliseconds. */
interface Turn extends TurnSeen {
  readonly region: string;
  readonly askedAt: number;
  readonly answeredAt: number;
}

export function measureTurns(log: DrillLog, lagMs: number): TurnMeasurement {
  const { takenAwayAt, regions, speed } = log;
  const turns = turnsOf(log);
  const acknowledged = turns.filter(({ stored }) => stored);
  const missing = new Set<Turn>();
  const tooLong = new Set<Turn>();
  const atEnd = new Map<number, readonly Turn[]>();
  for (const turn of turns) {
    const before = acknowledged.filter(
      ({ conversation, answeredAt }) => conversation === turn.conversation && answeredAt <= turn.askedAt,
    );
    const count = Math.max(0, before.length - turn.told);
    // What comes late comes in its order: the other region's latest are missing.
    const [own, elsewhere] = [true, false].map((is) =>
      before.filter(({ region }) => (region === turn.region) === is),
    );
    const absent = [...(own ?? []), ...(elsewhere ?? [])].slice(-count || Infinity);
    for (const each of absent) {
      missing.add(each);
      const arrivesBy = each.answeredAt + (lagMs + TIMER_TOLERANCE_MS) * speed;
      if (each.region === turn.region || arrivesBy < neededAt(each, turn, log)) tooLong.add(each);
    }
    atEnd.set(turn.conversation, absent);
  }
  const windowMs = lagMs * speed;
  return {
    lagMs,
    acknowledged: acknowledged.length,
    inWindow: acknowledged.filter(
      ({ region, answeredAt }) =>
        region === regions.primary && answeredAt > takenAwayAt - windowMs && answeredAt <= takenAwayAt,
    ).length,
    missing: missing.size,
    missingTooLong: tooLong.size,
    missingAtEnd: [...atEnd.values()].flat().length,
    cutStreams: attempts(log).filter(({ error }) => error === CUT_STREAM).length,
  };
}

/** A turn of a region that is lost has to have arrived before its loss, any other before it is asked after. */
function neededAt(of: Turn, { askedAt }: Turn, { regions, takenAwayAt, broughtBackAt }: DrillLog): number {
  const isLost = askedAt >= takenAwayAt && askedAt < broughtBackAt;
  return of.region === regions.primary && isLost ? takenAwayAt : askedAt;
}

export const turnVerdicts = (measured: TurnMeasurement): readonly Verdict[] => [
  {
    promise: 'no turn is missing that was acknowledged longer than the replication lag before',
    measured: `${measured.missingTooLong} of ${measured.acknowledged}`,
    held: measured.missingTooLong === 0 && measured.acknowledged > 0,
  },
  {
    promise: 'every turn is known again after the recovery',
    measured: `${measured.missingAtEnd} missing at the end`,
    held: measured.missingAtEnd === 0,
  },
];

interface TimedAttempt extends Attempt {
  readonly beganAt: number;
}

const attempts = ({ requests }: DrillLog): readonly TimedAttempt[] =>
  requests.flatMap(({ startedAt, first, retry }) => [
    { ...first, beganAt: startedAt },
    ...(retry ? [{ ...retry, beganAt: first.endedAt }] : []),
  ]);

const turnsOf = (log: DrillLog): readonly Turn[] =>
  attempts(log)
    .flatMap(({ turn, answerer, beganAt, endedAt }) =>
      turn && answerer ? [{ ...turn, region: answerer.region, askedAt: beganAt, answeredAt: endedAt }] : [],
    )
    .sort((one, other) => one.askedAt - other.askedAt);
