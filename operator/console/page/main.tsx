import { render } from 'preact';
import { signal } from '@preact/signals';
import { Ask } from './ask';
import { Drills } from './drill';
import { Happened } from './happened';
import { FaultsInForce, HurtDialog } from './hurt';
import { Rules } from './rules';
import { connection, listen, notice, picture, regionName } from './store';
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
        <nav aria-label="Views">
          {Object.entries(VIEWS).map(([name, title]) => (
            <a key={name} href={`#${name}`} aria-current={view.value === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
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
  if (view.value === 'rules') return <Rules />;
  if (view.value === 'drills') return <Drills />;
  return (
    <main class={connection.value === 'lost' ? 'live stale' : 'live'}>
      <div class="looks">
        <Verdict />
        <Tour />
        <System />
      </div>
      <Ask />
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
  const { failover, troubles = [], models } = picture.value ?? {};
  return (
    <section class="verdict" aria-label="How it is" aria-live="polite">
      <p class="sentence">
        Callers of <code>{failover?.name}</code> are led to{' '}
        <strong>{regionName(failover?.servedBy ?? '')}</strong>.{' '}
        {troubles.length === 0 ? (
          <span class="good">Nothing is wrong.</span>
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
      <FaultsInForce />
      {models === 'stand-in' && (
        <p class="muted small">
          A stand-in answers for the models: it costs nothing, and says so in every answer.
        </p>
      )}
    </section>
  );
}

listen();
const app = document.getElementById('app');
if (app !== null) {
  app.textContent = '';
  render(<App />, app);
}
