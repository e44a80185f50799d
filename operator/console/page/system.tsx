import type { RegionPicture } from '../picture';
import { hurt } from './hurt';
import { milliseconds, State, Unread } from './parts';
import { isDown, isHit, Region } from './region';
import { about, act, now, picture, read, requests, tools } from './store';

/** Seconds over which answers are counted to say how much traffic a region carries. */
const RATE_SECONDS = 10;

function rateOf(role: string): number {
  const since = now.value - RATE_SECONDS * 1_000;
  const found = requests.value.filter(
    (request) => request.role === role && request.to >= since && request.source !== 'canary',
  );
  return found.length / RATE_SECONDS;
}

/** Callers, Route 53, both regions, and what carries the traffic between them. */
export function System() {
  const { regions, failover } = picture.value ?? {};
  if (regions === undefined || failover === undefined) return null;
  return (
    <section class="system" aria-labelledby="system-title">
      <h2 id="system-title">The system, live</h2>
      <Route53 />
      <div class="regions">
        {regions.map((region) => (
          <div key={region.role} class={failover.servedBy === region.role ? 'lane carries' : 'lane'}>
            <Way region={region} />
            <Region region={region} />
          </div>
        ))}
      </div>
      <Link />
    </section>
  );
}

function Way({ region: { role } }: { readonly region: RegionPicture }) {
  const { servedBy, resolvesTo } = picture.value?.failover ?? {};
  const rate = rateOf(role);
  const carries = servedBy === role;
  const text = carries
    ? isDown(role)
      ? 'callers are still led here, and get no answer'
      : `carries the callers${rate > 0 ? `: ${rate.toFixed(1)} answers a second` : ''}`
    : resolvesTo === role
      ? 'DNS leads new callers here; others follow when their answer runs out'
      : servedBy === ''
        ? 'not known whether callers come here'
        : isDown(role)
          ? 'is down: nobody is led here'
          : 'stands by';
  return (
    <div class="way">
      <span class="line" aria-hidden="true" />
      <span>{text}</span>
    </div>
  );
}

function Route53() {
  const { healthChecks: checks, failover, speed = 1 } = picture.value ?? {};
  const healthChecks = read(checks) ?? [];
  const { moveSeconds = 0, failureThreshold = 0, intervalSeconds = 0 } = about.value?.failover ?? {};
  const unhealthy = healthChecks.filter(({ healthy }) => !healthy).length;
  return (
    <div class="card route53">
      <div class="head">
        <h3>Route 53</h3>
        <code>{failover?.name}</code>
        {typeof checks === 'string' ? (
          <Unread why={checks} />
        ) : (
          <State good={unhealthy === 0}>
            {unhealthy === 0
              ? `all ${healthChecks.length} checks healthy`
              : `${unhealthy} of ${healthChecks.length} checks unhealthy`}
          </State>
        )}
      </div>
      <ul class="checks">
        {healthChecks.map(({ id, name, healthy, reason }) => (
          <li key={id} title={reason}>
            <State good={healthy}>{healthy ? 'healthy' : 'unhealthy'}</State> {name}
          </li>
        ))}
      </ul>
      <p class="muted small">
        Callers follow a lost or returned region within {moveSeconds} s: {failureThreshold} checks,{' '}
        {intervalSeconds} s apart, and a DNS answer that lives for{' '}
        {moveSeconds - failureThreshold * intervalSeconds} s
        {speed === 1 ? '' : `; time runs ${speed} times as fast here`}.
      </p>
    </div>
  );
}

const LAGS = [
  ['0', 'at once'],
  ['1000', '1 s, as is usual'],
  ['5000', '5 s'],
  ['30000', '30 s'],
  ['120000', '2 min'],
] as const;

/** What is written in one region and not yet in the other is lost to callers who move just then. */
function Link() {
  const { replication, traffic } = picture.value ?? {};
  const { lagMs = null, pending = null, behindMs = null } = replication ?? {};
  const isCut = isHit('primary', 'replication') || isHit('secondary', 'replication');
  const lags = LAGS.some(([ms]) => ms === String(lagMs))
    ? LAGS
    : [[String(lagMs), milliseconds(lagMs ?? 0)] as const, ...LAGS];
  return (
    <div class="card link">
      <h3>Link between the regions</h3>
      {tools.value && (isCut ? <State good={false}>cut</State> : <State good>up</State>)}
      <span>
        {lagMs === null
          ? typeof traffic === 'string'
            ? 'not known'
            : 'No conversation was replicated in the last hour.'
          : isCut
            ? 'Conversations do not arrive.'
            : `Conversations arrive ${milliseconds(lagMs)} later.`}
        {pending !== null && pending > 0 && (
          <b class={isCut || (behindMs ?? 0) > 2 * (lagMs ?? 0) ? 'bad' : ''}>
            {' '}
            {pending} on their way, {milliseconds(behindMs ?? 0)} behind.
          </b>
        )}
        {pending === 0 && ' None is on its way.'}
      </span>
      {tools.value && (
        <div class="buttons">
          <label class="lag">
            <span class="muted">Lag</span>
            <select
              value={String(lagMs)}
              onChange={({ currentTarget }) =>
                void act('PUT', 'replication', { lagMs: Number(currentTarget.value) })
              }
            >
              {lags.map(([ms, text]) => (
                <option key={ms} value={ms}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            class="small danger"
            onClick={() => {
              hurt('both', 'replication');
            }}
          >
            Cut …
          </button>
        </div>
      )}
    </div>
  );
}
