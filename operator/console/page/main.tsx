import { render } from 'preact';
import { Ask } from './ask';
import { FaultsInForce, HurtDialog } from './hurt';
import { connection, listen, notice, picture, regionName } from './store';
import { System } from './system';
import { Tour } from './tour';

function App() {
  return (
    <>
      <header class="top">
        <h1>Assistant console</h1>
        <Connection />
      </header>
      <Notice />
      {picture.value === undefined ? (
        <main class="waiting">
          <p>Looking at both regions …</p>
        </main>
      ) : (
        <main class={connection.value === 'lost' ? 'live stale' : 'live'}>
          <div class="looks">
            <Verdict />
            <Tour />
            <System />
          </div>
          <Ask />
        </main>
      )}
      <HurtDialog />
    </>
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
