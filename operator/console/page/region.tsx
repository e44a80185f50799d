import type { RegionPicture } from '../picture';
import { hurt } from './hurt';
import { Model, Outcome, State, Unread } from './parts';
import { about, act, picture, tools } from './store';
import { withoutProject, words } from './requests';

const SERVICES = [
  ['api', 'API Gateway'],
  ['workflow', 'Step Functions'],
  ['lambda', 'Lambda'],
  ['appconfig', 'AppConfig'],
  ['dynamodb', 'DynamoDB'],
] as const;

/** By a fault, or, of a deployment, for Route 53's checkers. */
export function isDown(role: string): boolean {
  const { healthChecks = [] } = picture.value ?? {};
  if (tools.value) return isHit(role, 'region');
  return (
    typeof healthChecks !== 'string' &&
    healthChecks.some(({ name, healthy }) => !healthy && name === `${role} endpoint`)
  );
}

export const isHit = (role: string, target: string, model?: string): boolean =>
  (picture.value?.faults ?? []).some(
    (fault) =>
      (fault.region === role || fault.region === 'both') &&
      (fault.target === 'region' ||
        (fault.target === target &&
          (model === undefined || fault.model === undefined || fault.model === model))),
  );

export function Region({ region }: { readonly region: RegionPicture }) {
  const { role, region: name, canary, alarms, configuration } = region;
  const { servedBy } = picture.value?.failover ?? {};
  return (
    <article class="card region" aria-labelledby={`region-${role}`}>
      <div class="head">
        <h3 id={`region-${role}`}>{name}</h3>
        <span class="muted">{role}</span>
        {isDown(role) ? (
          <State good={false}>is down</State>
        ) : (
          servedBy !== '' && (
            <span class={servedBy === role ? 'badge on' : 'badge'}>
              {servedBy === role ? 'serves callers' : 'standby'}
            </span>
          )
        )}
      </div>
      <Answers region={region} />
      <Models region={region} />
      <dl class="numbers">
        <dt>Rules</dt>
        <dd>
          <Version of={configuration} />
        </dd>
        <dt>Canary</dt>
        <dd>
          {typeof canary === 'string' ? (
            <Unread why={canary} />
          ) : canary.asked === 0 ? (
            'asks once a minute'
          ) : (
            `asked ${canary.asked}, unanswered ${canary.unanswered}`
          )}
        </dd>
        <dt>Alarms</dt>
        <dd>
          <Alarms of={alarms} />
        </dd>
      </dl>
      {tools.value && <Hurts role={role} name={name} />}
    </article>
  );
}

function Version({ of: configuration }: { readonly of: RegionPicture['configuration'] }) {
  if (typeof configuration === 'string') return <Unread why={configuration} />;
  const { deployed, answering } = configuration;
  return (
    <>
      version {deployed.number} <code>{deployed.version}</code>
      {answering && answering.version !== deployed.version && (
        <span class="bad"> answers still by {answering.version}</span>
      )}
    </>
  );
}

function Alarms({ of: alarms }: { readonly of: RegionPicture['alarms'] }) {
  if (typeof alarms === 'string') return <Unread why={alarms} />;
  const named = (wanted: string) =>
    alarms
      .filter(({ state }) => state === wanted)
      .map(({ name }) => withoutProject(name, about.value?.project));
  const firing = named('ALARM');
  // It is never in alarm. Others are without data where nobody asks.
  const silent = named('INSUFFICIENT_DATA').filter((name) => name.endsWith('canary-silent'));
  return (
    <>
      {firing.length === 0 ? `none of ${alarms.length}` : <span class="bad">{firing.join(', ')}</span>}
      {silent.length > 0 && <span class="muted"> (without data: {silent.join(', ')})</span>}
    </>
  );
}

/** What can be done to a region and its services. */
function Hurts({ role, name }: { readonly role: RegionPicture['role']; readonly name: string }) {
  return (
    <>
      <div class="services" role="group" aria-label={`Hurt a service of ${name}`}>
        <span class="muted">Hurt a service:</span>
        {SERVICES.map(([target, title]) => (
          <button
            key={target}
            type="button"
            class={isHit(role, target) ? 'small hit' : 'small'}
            onClick={() => {
              hurt(role, target);
            }}
          >
            {title}
            {isHit(role, target) && ' · fails'}
          </button>
        ))}
      </div>
      <p class="buttons">
        <button
          type="button"
          class="danger"
          onClick={() => {
            hurt(role, 'region');
          }}
        >
          Take {name} down …
        </button>
        {role === 'primary' && <Evacuation />}
      </p>
    </>
  );
}

function Evacuation() {
  const { evacuation } = picture.value ?? {};
  if (evacuation === undefined || typeof evacuation === 'string') return null;
  const { evacuated } = evacuation;
  return (
    <button type="button" onClick={() => void act('PUT', 'evacuation', { evacuated: !evacuated })}>
      {evacuated ? 'Give it back to its callers' : 'Evacuate it'}
    </button>
  );
}

const TIERS = ['primary', 'fallback', 'degraded'] as const;

function Answers({ region: { answers } }: { readonly region: RegionPicture }) {
  if (typeof answers === 'string') return <Unread what="Answers" why={answers} />;
  const total = TIERS.reduce((sum, tier) => sum + answers[tier], 0);
  return (
    <div class="answers">
      <svg class="split" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        {TIERS.map((tier, index) => {
          const before = TIERS.slice(0, index).reduce((sum, each) => sum + answers[each], 0);
          return total === 0 ? null : (
            <rect
              key={tier}
              class={tier}
              x={(before / total) * 100}
              width={(answers[tier] / total) * 100}
              height="1"
            />
          );
        })}
      </svg>
      <p>
        {TIERS.map((tier) => (
          <Outcome key={tier} of={tier}>
            {tier} <b>{answers[tier]}</b>
          </Outcome>
        ))}
        {!tools.value && <span class="muted">in the last hour</span>}
      </p>
    </div>
  );
}

function Models({ region }: { readonly region: RegionPicture }) {
  const { role, rules, circuits, modelCalls } = region;
  const models = [...new Set(rules.flatMap(({ primary, fallback }) => [primary, fallback]))];
  const circuitOf = (model: string) =>
    typeof circuits === 'string' ? undefined : circuits.find((circuit) => circuit.model === model);
  if (models.length === 0) return null;
  return (
    <table class="models">
      <caption class="hidden">Models and their circuits in {region.region}</caption>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Circuit</th>
          <th scope="col">{tools.value ? 'Calls' : 'Answers'}</th>
          {tools.value && (
            <th scope="col">
              <span class="hidden">What can be done</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {models.map((model) => {
          const circuit = circuitOf(model);
          const isOpen = circuit !== undefined;
          return (
            <tr key={model} class={isHit(role, 'bedrock', model) ? 'hit' : ''}>
              <th scope="row">
                <Model id={model} />
                <small>{rolesOf(model, rules)}</small>
              </th>
              <td>
                {typeof circuits === 'string' ? (
                  <Unread why={circuits} />
                ) : (
                  <State good={!isOpen}>
                    {isOpen ? `${words(circuit.phase)}${circuit.forced ? ', by an operator' : ''}` : 'closed'}
                  </State>
                )}
              </td>
              <td class="number">{typeof region.answers === 'string' ? '–' : (modelCalls[model] ?? 0)}</td>
              {tools.value && (
                <td class="acts">
                  <button
                    type="button"
                    class="small"
                    aria-label={`Hurt … ${model}`}
                    onClick={() => {
                      hurt(role, 'bedrock', model);
                    }}
                  >
                    Hurt …
                  </button>
                  <button
                    type="button"
                    class="small"
                    aria-label={`${isOpen ? 'Close' : 'Open'} circuit of ${model}`}
                    onClick={() =>
                      void act('PUT', 'circuits', { role, model, to: isOpen ? 'closed' : 'open' })
                    }
                  >
                    {isOpen ? 'Close circuit' : 'Open circuit'}
                  </button>
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** e.g. `primary of general; fallback of finance_deep` */
function rolesOf(model: string, rules: RegionPicture['rules']): string {
  const typesWith = (tier: 'primary' | 'fallback') => {
    const types = rules.filter((rule) => rule[tier] === model).map(({ type }) => type);
    if (types.length === 0) return [];
    return [`${tier} of ${types.length === rules.length ? 'all types' : types.join(', ')}`];
  };
  return [...typesWith('primary'), ...typesWith('fallback')].join('; ');
}
