import { computed, signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect } from 'preact/hooks';
import { isBusy, JobPanel } from './job';
import { Choice, State } from './parts';
import { type Preflight, PreflightPanel } from './preflight';
import { fieldsOf, type Schema } from './schema-help';
import { act, picture, read, regionName } from './store';

interface Check {
  readonly faults: readonly string[];
  readonly regions: readonly {
    readonly role: string;
    readonly differences: readonly {
      readonly field: string;
      readonly before?: unknown;
      readonly after?: unknown;
    }[];
  }[];
}

/** What is edited; undefined until the rules in force have come. */
const text = signal<string | undefined>(undefined);
const answered = signal<(Check & { readonly of: string }) | undefined>(undefined);
/** What the server has said of just this text; undefined until it has. */
const check = computed(() => (answered.value?.of === text.value ? answered.value : undefined));
/** Why it is no JSON. */
const broken = computed(() => {
  try {
    JSON.parse(text.value ?? '{}');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
});
const looked = signal<{ readonly of: string; readonly found: Preflight } | undefined>(undefined);
/** What was found of just this text; undefined until it has been looked at. */
const preflight = computed(() => (looked.value?.of === text.value ? looked.value?.found : undefined));

const where = signal<'both' | 'primary' | 'secondary'>('both');
const pace = signal<'steps' | 'now'>('steps');
const schema = signal<Schema | undefined>(undefined);

const rulesOf = async (role: 'primary' | 'secondary'): Promise<string | undefined> => {
  const config = await act('GET', `rules/${role}`);
  return config === undefined ? undefined : JSON.stringify(config, null, 2);
};

async function load(role: 'primary' | 'secondary'): Promise<void> {
  text.value = (await rulesOf(role)) ?? text.value;
}

/** What somebody has written meanwhile stands. */
async function loadFirst(): Promise<void> {
  const rules = await rulesOf('primary');
  text.value ??= rules;
}

/** The rules by which requests get their models: edited, checked, compared, deployed and rolled back. */
export function Rules() {
  const inForce = picture.value?.regions
    .map(({ configuration }) => read(configuration)?.deployed.version)
    .join(' ');
  useEffect(() => {
    if (text.peek() === undefined) void loadFirst();
    if (schema.peek() === undefined)
      void act<Schema>('GET', 'schema').then((found) => (schema.value = found ?? schema.value));
  }, []);
  useEffect(() => {
    const edited = text.value;
    if (edited === undefined || broken.value !== undefined) return undefined;
    const timer = setTimeout(() => {
      void act<Check>('POST', 'rules/check', { text: edited }).then((found) => {
        if (found === undefined || text.value !== edited) return;
        answered.value = { ...found, of: edited };
        if (found.faults.length > 0) return;
        void act<Preflight>('POST', 'rules/preflight', { text: edited }).then((models) => {
          if (models !== undefined && text.value === edited) looked.value = { found: models, of: edited };
        });
      });
    }, 300);
    return () => {
      clearTimeout(timer);
    };
  }, [text.value, inForce]);
  const isWrong = broken.value !== undefined || (check.value?.faults.length ?? 0) > 0;
  return (
    <main class="page two">
      <section class="card editor" aria-labelledby="rules-title">
        <div class="head">
          <h2 id="rules-title">Rules</h2>
          <span class="buttons">
            {(['primary', 'secondary'] as const).map((role) => (
              <button key={role} type="button" class="small" onClick={() => void load(role)}>
                Load from {regionName(role)}
              </button>
            ))}
          </span>
        </div>
        <p class="muted">The ModelConfig in AppConfig: which models answer which type of request, and how.</p>
        <SetModel />
        <label class="field">
          <span>As JSON</span>
          <textarea
            class="code"
            rows={26}
            spellcheck={false}
            value={text.value ?? ''}
            aria-describedby="check"
            onInput={({ currentTarget }) => (text.value = currentTarget.value)}
          />
        </label>
        <Fields />
      </section>
      <div class="looks">
        <CheckPanel />
        <PreflightPanel found={preflight.value} isWrong={isWrong} />
        <Deploy />
        <JobPanel />
      </div>
    </main>
  );
}

const rule = signal('general');
const tier = signal<'primary' | 'fallback'>('primary');
const model = signal('');

/** The change that is made most: another model in a tier. */
function SetModel() {
  const rules = picture.value?.regions[0]?.rules ?? [];
  const known = [...new Set(rules.flatMap(({ primary, fallback }) => [primary, fallback]))];
  const set = async () => {
    const wanted = { text: text.value, type: rule.value, tier: tier.value, model: model.value };
    const config = await act('POST', 'rules/set', wanted);
    if (config !== undefined) text.value = JSON.stringify(config, null, 2);
  };
  return (
    <form
      class="set"
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      <Choice
        label="Type"
        value={rule.value}
        of={rules.map(({ type }) => [type, type] as const)}
        onPick={(type) => (rule.value = type)}
      />
      <Choice
        label="Tier"
        value={tier.value}
        of={[
          ['primary', 'primary'],
          ['fallback', 'fallback'],
        ]}
        onPick={(picked) => (tier.value = picked)}
      />
      <label class="field">
        <span>Model</span>
        <input
          list="models"
          required
          spellcheck={false}
          autocomplete="off"
          value={model.value}
          onInput={({ currentTarget }) => (model.value = currentTarget.value)}
        />
        <datalist id="models">
          {known.map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
      </label>
      <button type="submit" disabled={text.value === undefined || broken.value !== undefined}>
        Set it
      </button>
    </form>
  );
}

function Fields() {
  const fields = schema.value === undefined ? [] : fieldsOf(schema.value);
  return (
    <details>
      <summary>What each field may be</summary>
      <dl class="numbers">
        {fields.map(({ name, what, required }) => (
          <Fragment key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {what}
              {required ? '' : ', may be left out'}
            </dd>
          </Fragment>
        ))}
      </dl>
    </details>
  );
}

function CheckPanel() {
  const { faults = [], regions = [] } = check.value ?? {};
  const wrong = broken.value === undefined ? faults : [`It is not JSON: ${broken.value}`];
  return (
    <section class="card" aria-labelledby="check-title">
      <div class="head">
        <h2 id="check-title">What it would change</h2>
        <span id="check" role="status">
          {check.value === undefined && wrong.length === 0 ? (
            'is being checked'
          ) : (
            <State good={wrong.length === 0}>
              {wrong.length === 0 ? 'can be deployed' : 'cannot be deployed'}
            </State>
          )}
        </span>
      </div>
      {wrong.length > 0 && (
        <ul class="wrong">
          {wrong.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
      {wrong.length === 0 &&
        regions.map(({ role, differences }) => (
          <div key={role} class="difference">
            <h3>{regionName(role)}</h3>
            {differences.length === 0 ? (
              <p class="muted">Nothing: these rules are in force.</p>
            ) : (
              <dl>
                {differences.map(({ field, before, after }) => (
                  <div key={field}>
                    <dt>
                      <code>{field}</code>
                    </dt>
                    {before !== undefined && (
                      <dd>
                        <del>
                          <span class="hidden">before: </span>
                          {shown(before)}
                        </del>
                      </dd>
                    )}
                    {after !== undefined && (
                      <dd>
                        <ins>
                          <span class="hidden">after: </span>
                          {shown(after)}
                        </ins>
                      </dd>
                    )}
                  </div>
                ))}
              </dl>
            )}
          </div>
        ))}
    </section>
  );
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

function Deploy() {
  const chosen =
    check.value?.regions.filter(({ role }) => where.value === 'both' || where.value === role) ?? [];
  const changes = broken.value === undefined && chosen.some(({ differences }) => differences.length > 0);
  const region = where.value;
  const versions = new Set(
    picture.value?.regions
      .filter(({ role }) => region === 'both' || region === role)
      .map(({ configuration }) => read(configuration)?.deployed.version),
  );
  return (
    <section class="card" aria-labelledby="deploy-title">
      <h2 id="deploy-title">Deploy</h2>
      <div class="fields">
        <Choice
          label="Where"
          value={region}
          of={[
            ['both', 'both, the standby first'],
            ['primary', regionName('primary')],
            ['secondary', regionName('secondary')],
          ]}
          onPick={(picked) => (where.value = picked)}
        />
        <Choice
          label="How"
          value={pace.value}
          of={[
            ['steps', 'in steps'],
            ['now', 'to all at once'],
          ]}
          onPick={(picked) => (pace.value = picked)}
        />
      </div>
      <p class="buttons">
        <button
          type="button"
          class="main"
          disabled={!changes || isBusy()}
          onClick={() =>
            void act('POST', 'rules/deploy', {
              ...{ text: text.value, region, now: pace.value === 'now' },
              // Of regions with different rules, one name cannot stand for both.
              ...(versions.size === 1 && { expect: [...versions][0] }),
            })
          }
        >
          Deploy it
        </button>
        <button
          type="button"
          disabled={isBusy()}
          onClick={() => void act('POST', 'rules/rollback', { region })}
        >
          Roll back
        </button>
      </p>
      <p class="muted small">
        A model that is new to the rules and cannot be called is refused. Functions ask for their rules every
        15 s; a rollout in steps takes its minutes, as on AWS, and an alarm takes it back.
      </p>
    </section>
  );
}
