import { render } from 'preact';
import { signal } from '@preact/signals';
import { Ask } from './ask';
import { Drills } from './drill';
import { Happened } from './happened';
import { FaultsInForce, HurtDialog } from './hurt';
import { Rules } from './rules';
import { connection, listen, notice, picture, regionName, tools } from './store';
import { System } from './system';
import { Tour } from './tour';

const VIEWS = { live: 'Live', rules: 'Rules', drills: 'Drills' } as const;

const viewNamed = (hash: string): keyof typeof VIEWS =>
  hash === '#rules' ? 'rules' : hash === '#drills' ? 'drills' : 'live';

const view = signal(viewNamed(location.hash));
addEventListener('hashchange', () => {
  view.value = viewNamed(location.hash);
  scrollTo(0, 0);
});

function App() {
  return (
    <>
      <header class="top">
        <h1>Assistant console</h1>
        {picture.value === undefined || tools.value ? (
          <nav aria-label="Views">
            {Object.entries(VIEWS).map(([name, title]) => (
              <a key={name} href={`#${name}`} aria-current={view.value === name ? 'page' : undefined}>
                {title}
              </a>
            ))}
          </nav>
        ) : (
          <span class="badge">a deployment, read-only</span>
        )}
        <Connection />
      </header>
      <Notice />
      {picture.value === undefined ? (
        <main class="waiting">
          <p>Looking at both regions …</p>
        </main>
      ) : (
        <View />
      )}
      <HurtDialog />
    </>
  );
}

function View() {
  if (tools.value && view.value === 'rules') return <Rules />;
  if (tools.value && view.value === 'drills') return <Drills />;
  return (
    <main class={connection.value === 'lost' ? 'live stale' : 'live'}>
      <div class="looks">
        <Verdict />
        {tools.value && <Tour />}
        <System />
      </div>
      {tools.value ? <Ask /> : <Commands />}
      <Happened />
    </main>
  );
}

function Connection() {
  const state = connection.value;
  return (
    <p class={`connection ${state}`} role="status">
      {state === 'open'
        ? 'live'
        : state === 'opening'
          ? 'connecting …'
          : 'Connection lost: what you see is old. Trying again …'}
    </p>
  );
}

function Notice() {
  return (
    <div role="alert">
      {notice.value !== '' && (
        <p class="notice">
          {notice.value}
          <button type="button" class="small" onClick={() => (notice.value = '')}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}

/** The one sentence for who has time for one. */
function Verdict() {
  const { failover, troubles = [], unread = [], models, cost = '' } = picture.value ?? {};
  return (
    <section class="verdict" aria-label="How it is" aria-live="polite">
      <p class="sentence">
        {failover?.servedBy === '' ? (
          <>
            It is not known where callers of <code>{failover.name}</code> are led.{' '}
          </>
        ) : (
          <>
            Callers of <code>{failover?.name}</code> are led to{' '}
            <strong>{regionName(failover?.servedBy ?? '')}</strong>.{' '}
          </>
        )}
        {troubles.length === 0 ? (
          <span class={unread.length === 0 ? 'good' : ''}>
            Nothing is wrong{unread.length > 0 && ', as far as is known'}.
          </span>
        ) : (
          <span class="bad">Something is wrong:</span>
        )}
      </p>
      {troubles.length > 0 && (
        <ul>
          {troubles
            .filter((trouble) => !trouble.startsWith('Faults were injected'))
            .map((trouble) => (
              <li key={trouble}>{trouble}</li>
            ))}
        </ul>
      )}
      {unread.length > 0 && (
        <>
          <p>Not known:</p>
          <ul>
            {unread.map((part) => (
              <li key={part}>{part}</li>
            ))}
          </ul>
        </>
      )}
      <FaultsInForce />
      {cost !== '' && <p class="muted small">{cost}</p>}
      {models === 'stand-in' && (
        <p class="muted small">
          A stand-in answers for the models: it costs nothing, and says so in every answer.
        </p>
      )}
    </section>
  );
}

const COMMANDS = [
  ['models set general.primary MODEL', 'Another model in a tier. It asks first.'],
  ['models deploy FILE', 'Other rules. It asks first.'],
  ['models rollback', 'The rules of before. It asks first.'],
  ['circuits open MODEL', 'Takes a model out of use at once; circuits close puts it back.'],
  ['evacuate primary', 'Moves the callers to the standby at once; evacuate return brings them back.'],
  ['preflight', 'Changes nothing: says whether each model of the rules can be called.'],
] as const;

/** A deployment is changed by commands. */
function Commands() {
  return (
    <section class="card commands" aria-labelledby="commands-title">
      <h2 id="commands-title">To change something</h2>
      <p class="muted">This page only looks. A deployment is changed in a terminal:</p>
      <dl>
        {COMMANDS.map(([command, what]) => (
          <div key={command}>
            <dt>
              <code>
                {`npm run assistant -- ${command} --target aws`
                  .split(' ')
                  .flatMap((word) => [<span key={word}>{word}</span>, ' '])}
              </code>
            </dt>
            <dd class="muted">{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

listen();
const app = document.getElementById('app');
if (app !== null) {
  app.textContent = '';
  render(<App />, app);
}
