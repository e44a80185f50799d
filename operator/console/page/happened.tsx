import { signal } from '@preact/signals';
import { clockTime, isMark, milliseconds, Model, Outcome, Unread } from './parts';
import type { Bin, TracedStep } from '../picture';
import { binned, words, type Request } from './requests';
import { act, happened, now, picture, regionName, requests, tools } from './store';
import { timeline } from './timeline';

const BINS = 60;
const TIERS = ['primary', 'fallback', 'degraded'] as const;

/** Entries and requests that are shown; what is older is in the functions' logs. */
const SHOWN = 60;

const opened = signal<Request | undefined>(undefined);

/** Of the one that is opened, where it was recorded. */
const traced = signal<{ readonly id: string; readonly steps: readonly TracedStep[] } | undefined>(undefined);

async function open(request: Request): Promise<void> {
  opened.value = request;
  const { trace: id, role } = request;
  const steps = id === undefined ? [] : await act<readonly TracedStep[]>('GET', `trace/${role}/${id}`);
  // Of a region that is away, the functions' own words stand.
  traced.value = id === undefined || !steps?.length ? undefined : { id, steps };
}

/** What happened: a chart of the answers, the system's changes, and the requests, each with its way. */
export function Happened() {
  return (
    <section class="happened" aria-labelledby="happened-title">
      <h2 id="happened-title">What happened</h2>
      <Chart />
      <div class="lists">
        <Timeline />
        {tools.value && <Requests />}
      </div>
    </section>
  );
}

/** From the functions' lines, or, of a deployment, from CloudWatch's minutes. */
const scale = () =>
  tools.value
    ? { binMs: 5_000, span: 'the last five minutes', ago: '5 min ago' }
    : { binMs: 60_000, span: 'the last hour', ago: '1 h ago' };

function Chart() {
  const { traffic } = picture.value ?? {};
  if (typeof traffic === 'string')
    return (
      <p class="card">
        <Unread what="Answers" why={traffic} />
      </p>
    );
  const { binMs, span, ago } = scale();
  const end = Math.ceil(now.value / binMs) * binMs;
  const bins = tools.value ? binned(requests.value, { end, binMs, bins: BINS }) : (traffic ?? []);
  const sumOf = (tier: (typeof TIERS)[number]) => bins.reduce((sum, { counts }) => sum + counts[tier], 0);
  const most = Math.max(1, ...bins.map(({ counts }) => TIERS.reduce((sum, tier) => sum + counts[tier], 0)));
  const slowest = Math.max(1, ...bins.map(({ medianMs }) => medianMs ?? 0));
  const said = TIERS.map((tier) => `${sumOf(tier)} ${tier}`).join(', ');
  return (
    <figure class="card chart">
      <figcaption>
        <h3>Answers in {span}</h3>
        <span class="legend">
          {TIERS.map((tier) => (
            <Outcome key={tier} of={tier}>
              {tier} <b>{sumOf(tier)}</b>
            </Outcome>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <span class="most">{most}</span>
        <svg
          role="img"
          aria-label={`Answers to callers in ${span}: ${said}`}
          viewBox={`0 0 ${BINS} ${most}`}
          preserveAspectRatio="none"
        >
          <Marks end={end} binMs={binMs} height={most} />
          {bins.map((bin, index) => (
            <Bar key={bin.from} bin={bin} index={index} most={most} />
          ))}
        </svg>
      </div>
      <p class="muted small">Median time until a model had answered</p>
      <div class="plot low">
        <span class="most">{milliseconds(slowest)}</span>
        <svg
          role="img"
          aria-label={`Median time until a model had answered: at most ${milliseconds(slowest)}`}
          viewBox={`0 0 ${BINS} ${slowest}`}
          preserveAspectRatio="none"
        >
          <Marks end={end} binMs={binMs} height={slowest} />
          {bins.map(({ from, medianMs }, index) =>
            medianMs === null ? null : (
              <rect
                key={from}
                class="time"
                x={index + 0.1}
                width={0.8}
                y={slowest - medianMs}
                height={Math.max(medianMs, slowest * 0.03)}
              />
            ),
          )}
        </svg>
      </div>
      <p class="axis muted small">
        <span>{ago}</span>
        <span>dashed lines: {tools.value ? 'faults, and where DNS leads' : 'where DNS leads'}</span>
        <span>now</span>
      </p>
    </figure>
  );
}

function Bar({
  bin: { counts },
  index,
  most,
}: {
  readonly bin: Bin;
  readonly index: number;
  readonly most: number;
}) {
  let below = 0;
  return (
    <>
      {TIERS.map((tier) => {
        below += counts[tier];
        return counts[tier] === 0 ? null : (
          <rect key={tier} class={tier} x={index + 0.1} width={0.8} y={most - below} height={counts[tier]} />
        );
      })}
    </>
  );
}

/** Where faults began and ended, and DNS moved. */
function Marks({
  end,
  binMs,
  height,
}: {
  readonly end: number;
  readonly binMs: number;
  readonly height: number;
}) {
  const from = end - BINS * binMs;
  return (
    <>
      {happened.value
        .filter(({ at, kind }) => at >= from && (kind === 'fault' || kind === 'dns'))
        .map(({ at, kind }, index) => {
          const x = (at - from) / binMs;
          return <line key={`${at} ${index}`} class={`mark ${kind}`} x1={x} x2={x} y1={0} y2={height} />;
        })}
    </>
  );
}

function Timeline() {
  const names = { primary: regionName('primary'), secondary: regionName('secondary') };
  const entries = timeline(happened.value, requests.value, names).slice(0, SHOWN);
  return (
    <div class="card">
      <h3 id="timeline-title">Changes</h3>
      <div class="scrolls" tabIndex={0} role="region" aria-labelledby="timeline-title">
        {entries.length === 0 && <p class="muted">Nothing has changed yet.</p>}
        <ol class="timeline">
          {entries.map(({ at, kind, tone, text }, index) => (
            <li key={`${at} ${kind} ${index}`}>
              <time>{clockTime(at)}</time>
              <b class={tone}>{kind}</b>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function Requests() {
  const chosen = opened.value;
  const shown = requests.value.slice(0, SHOWN);
  const current = requests.value.find(({ id, role }) => id === chosen?.id && role === chosen.role) ?? chosen;
  return (
    <div class="card">
      <h3 id="requests-title">Requests</h3>
      {current && <Way request={current} />}
      <div class="scrolls" tabIndex={0} role="region" aria-labelledby="requests-title">
        {shown.length === 0 && <p class="muted">Nobody has asked yet.</p>}
        <ul class="requests">
          {shown.map((request) => (
            <li key={`${request.role} ${request.id}`}>
              <button
                type="button"
                class="plain"
                aria-pressed={request.id === current?.id && request.role === current.role}
                onClick={() => void open(request)}
              >
                <time>{clockTime(request.from)}</time>
                <How request={request} />
                <span>
                  {regionName(request.role)}{' '}
                  {request.source === 'canary' && <span class="muted">canary</span>}
                </span>
                <span class="number">{milliseconds(request.to - request.from)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

const How = ({ request: { outcome } }: { readonly request: Request }) =>
  isMark(outcome) ? <Outcome of={outcome} /> : <span class="muted">{outcome}</span>;

/** As the functions' logs tell it: milliseconds after the request's begin. */
const stepsOf = ({ from, steps }: Request) =>
  steps.map((step) => ({ ...step, at: step.at - from, depth: 0 }));

const tracedSteps = (steps: readonly TracedStep[]) =>
  steps.map(({ at, took, depth, what, failed }) => ({
    ...{ at, depth, what, tier: '', ms: took ?? 0 },
    good: !failed && what.startsWith('chat '),
  }));

/** Each step of a request, by when it began and how long it took. */
function Way({ request }: { readonly request: Request }) {
  const { id, role, from, to, model, trace } = request;
  const steps =
    trace !== undefined && traced.value?.id === trace ? tracedSteps(traced.value.steps) : stepsOf(request);
  const total = Math.max(1, ...steps.map(({ at, ms }) => at + ms));
  return (
    <div class="opened" role="group" aria-label="The way of one request">
      <p class="facts">
        <How request={request} />
        {model !== undefined && <Model id={model} />}
        <span>{regionName(role)}</span>
        <span>{milliseconds(to - from)}</span>
        <code>{id}</code>
      </p>
      <ol>
        {steps.map(({ at, ms, what, tier, good, depth }, index) => (
          <li key={index}>
            <span class="number">{milliseconds(at)}</span>
            <span>
              {'\u2003'.repeat(depth)}
              {tier !== '' && <span class="muted">{words(tier)}: </span>}
              <span class={good ? 'good' : ''}>{what}</span>
            </span>
            <span class="number">{ms > 0 ? milliseconds(ms) : ''}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect
                class={good ? 'primary' : 'time'}
                x={(at / total) * 100}
                width={Math.max(0.5, (ms / total) * 100)}
                height="1"
              />
            </svg>
          </li>
        ))}
      </ol>
      <button type="button" class="small" onClick={() => (opened.value = undefined)}>
        Close
      </button>
    </div>
  );
}
