import { isBusy, JobPanel } from './job';
import { act, picture, tools } from './store';

/** A drill: a region is taken away under traffic, and it is measured how callers fare. */
export function Drills() {
  const { speed = 1, models } = picture.value ?? {};
  return (
    <main class="page">
      <section class="card" aria-labelledby="drill-title">
        <h2 id="drill-title">Drill</h2>
        <p>
          Callers ask five times a second; then the primary is taken away, its callers move to the standby, it
          comes back, and they return. What was promised to them is measured, and a report is written.
        </p>
        <p class="muted">
          It takes some minutes
          {speed === 1 ? '; npm start -- --speed 10 makes it shorter' : `, ${speed} times as fast as on AWS`}.
          It begins on a quiet day: end what is in force, and wait until callers are back with the primary.
          {models !== 'stand-in' && ' Its questions go to real models, and cost what they cost.'}
        </p>
        <ul class="drills">
          {tools.value?.scenarios.map(({ name, description }) => (
            <li key={name}>
              <div>
                <h3>{name}</h3>
                <p class="muted">{description}</p>
              </div>
              <button
                type="button"
                aria-label={`Begin ${name}`}
                disabled={isBusy()}
                onClick={() => void act('POST', 'drill', { scenario: name })}
              >
                Begin
              </button>
            </li>
          ))}
        </ul>
      </section>
      <JobPanel />
    </main>
  );
}
