import { groupBy } from '../../statistics/group-by';
import type { Bin, Line } from '../picture';

/** A thing that was done for a request, as the functions logged it when it ended. */
interface Step {
  readonly at: number;
  readonly ms: number;
  readonly tier: string;
  readonly what: string;
  readonly good: boolean;
}

type Outcome = 'primary' | 'fallback' | 'degraded' | 'refused' | 'under way';

/** A request, as far as the functions' logs tell. */
export interface Request {
  readonly id: string;
  readonly role: Line['role'];
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
  readonly source: string;
  readonly model?: string;
  /** Id of its trace, where it was recorded. */
  readonly trace?: string;
  readonly steps: readonly Step[];
}

/** The newest first. */
export function requestsOf(lines: readonly Line[]): readonly Request[] {
  return groupBy(lines, ({ role, requestId = '' }) => `${role} ${requestId}`)
    .map(requestOf)
    .sort((one, other) => other.from - one.from);
}

function requestOf(lines: readonly Line[]): Request {
  const steps = lines.map(stepOf).sort((one, other) => one.at + one.ms - (other.at + other.ms));
  const [first] = lines;
  const last = lines.findLast(({ message }) => Object.hasOwn(OUTCOMES, message));
  const trace = first?.xray_trace_id;
  const model = last?.message === 'answered' ? last.model : undefined;
  return {
    id: first?.requestId ?? '',
    role: first?.role ?? 'primary',
    from: Math.min(...steps.map(({ at }) => at)),
    to: Math.max(...steps.map(({ at, ms }) => at + ms)),
    outcome: last === undefined ? 'under way' : (OUTCOMES[last.message]?.(last) ?? 'under way'),
    source: lines.find(({ source }) => source !== undefined)?.source ?? 'caller',
    ...(model !== undefined && { model }),
    ...(trace !== undefined && { trace }),
    steps,
  };
}

const OUTCOMES: Readonly<Record<string, (line: Line) => Outcome>> = {
  answered: ({ tier }) => (tier === 'fallback' ? 'fallback' : 'primary'),
  degraded: () => 'degraded',
  request_refused: () => 'refused',
};

function stepOf(line: Line): Step {
  const { at, tier = '', durationMs: ms = 0 } = line;
  return { at: at - ms, ms, tier, what: describe(line), good: line.message === 'answered' };
}

function describe({ message, model = 'a model', failure = '', attempt = 1, ...line }: Line): string {
  switch (message) {
    case 'answered':
      return `${model} answered (${line.stopReason ?? ''}; ${line.inputTokens ?? 0} tokens in, ${line.outputTokens ?? 0} out)`;
    case 'model_call_failed':
      return `${model}, attempt ${attempt}: ${words(failure)}`;
    case 'tier_unanswered':
      return failure === 'circuit_open'
        ? `${model} was not asked: its circuit is open`
        : `The tier gave up: ${words(failure)}`;
    case 'degraded':
      return 'No model could answer: the maintenance message';
    case 'request_refused':
      return `Refused: ${line.status ?? ''} ${line.code ?? ''}`;
    default:
      return words(message);
  }
}

export const words = (name: string): string => name.replaceAll('_', ' ');

/** Of a name that AWS knows: what tells it from others of the same deployment. */
export const withoutProject = (name: string, project = ''): string =>
  name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name;

/** @param end of the last bin, in epoch milliseconds */
export function binned(
  requests: readonly Request[],
  { end, binMs, bins }: { readonly end: number; readonly binMs: number; readonly bins: number },
): readonly Bin[] {
  return Array.from({ length: bins }, (_, index) => {
    const from = end - (bins - index) * binMs;
    const own = requests.filter(({ to, source }) => to >= from && to < from + binMs && source !== 'canary');
    const count = (outcome: Outcome) => own.filter((request) => request.outcome === outcome).length;
    const times = own
      .filter(({ outcome }) => outcome === 'primary' || outcome === 'fallback')
      .map(({ from: began, to }) => to - began)
      .sort((one, other) => one - other);
    return {
      from,
      counts: { primary: count('primary'), fallback: count('fallback'), degraded: count('degraded') },
      medianMs: times[Math.floor(times.length / 2)] ?? null,
    };
  });
}
