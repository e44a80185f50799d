import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Choice } from './parts';
import { placeTitle } from '../../command/words';
import { act, picture, regionName, tools } from './store';
import { words } from './requests';

interface Wanted {
  readonly region: string;
  readonly target: string;
  readonly mode: string;
  /** Empty for all of them. */
  readonly model: string;
  readonly rate: string;
  /** Empty for until it is ended. */
  readonly seconds: string;
}

const wanted = signal<Wanted | undefined>(undefined);

/** What the dialog begins with: the whole of it, until it is ended. */
export function hurt(region: string, target: string, model = ''): void {
  const [mode = ''] = tools.value?.modes[target] ?? [];
  wanted.value = { region, target, mode, model, rate: '1', seconds: '' };
}

export const inject = ({ rate, seconds, model, ...rest }: Wanted): Promise<unknown> =>
  act('POST', 'faults', {
    ...rest,
    rate: Number(rate),
    ...(model !== '' && { model }),
    ...(seconds !== '' && { seconds: Number(seconds) }),
  });

const TARGETS: Readonly<Record<string, string>> = {
  bedrock: 'Bedrock: the models',
  region: 'the whole region',
  api: 'API Gateway',
  workflow: 'Step Functions',
  lambda: 'Lambda',
  dynamodb: 'DynamoDB',
  appconfig: 'AppConfig',
  replication: 'the link between the regions',
  checker: 'one of Route 53’s checkers',
};

const RATES = [
  ['1', 'all calls'],
  ['0.5', 'every second call'],
  ['0.1', 'every tenth call'],
] as const;

const TIMES = [
  ['', 'until it is ended'],
  ['15', '15 seconds'],
  ['60', 'a minute'],
  ['300', 'five minutes'],
] as const;

/** Where, what, how, how often and for how long. */
export function HurtDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const fault = wanted.value;
  const isOpen = fault !== undefined;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  const close = () => (wanted.value = undefined);
  if (fault === undefined) return null;
  const modes = tools.value?.modes ?? {};
  const change = (change: Partial<Wanted>) => (wanted.value = { ...fault, ...wanted.value, ...change });
  const models = [
    ...new Set(
      picture.value?.regions.flatMap(({ rules }) =>
        rules.flatMap(({ primary, fallback }) => [primary, fallback]),
      ),
    ),
  ];
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="hurt-title">
      <form
        method="dialog"
        onSubmit={() => {
          void inject(fault);
        }}
      >
        <h2 id="hurt-title">Hurt it</h2>
        <p class="muted">A fault in the emulated AWS. The assistant is not told: it has to find out.</p>
        <div class="fields">
          <Choice
            label="Where"
            value={fault.region}
            of={[
              ...['primary', 'secondary'].map(
                (role) => [role, placeTitle({ role, region: regionName(role) })] as const,
              ),
              ['both', 'both regions'],
            ]}
            onPick={(region) => change({ region })}
          />
          <Choice
            label="What"
            value={fault.target}
            of={Object.keys(modes).map((target) => [target, TARGETS[target] ?? target] as const)}
            onPick={(target) => change({ target, model: '', mode: modes[target]?.[0] ?? '' })}
          />
          {fault.target === 'bedrock' && (
            <Choice
              label="Which model"
              value={fault.model}
              of={[['', 'all of them'], ...models.map((id) => [id, id] as const)]}
              onPick={(model) => change({ model })}
            />
          )}
          <Choice
            label="How"
            value={fault.mode}
            of={(modes[fault.target] ?? []).map((mode) => [mode, words(mode)] as const)}
            onPick={(mode) => change({ mode })}
          />
          <Choice label="How often" value={fault.rate} of={RATES} onPick={(rate) => change({ rate })} />
          <Choice
            label="How long"
            value={fault.seconds}
            of={TIMES}
            onPick={(seconds) => change({ seconds })}
          />
        </div>
        <p class="buttons">
          <button type="submit" class="danger">
            Hurt it
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </p>
      </form>
    </dialog>
  );
}

/** Each fault in force, with its end at hand. */
export function FaultsInForce() {
  const faults = picture.value?.faults ?? [];
  if (faults.length === 0) return null;
  return (
    <section class="faults" aria-label="Faults in force">
      <ul>
        {faults.map(({ id, region, target, mode, model, rate, expiresAt }) => (
          <li key={id}>
            <span>
              <strong>{region === 'both' ? 'both regions' : regionName(region)}</strong>:{' '}
              {TARGETS[target] ?? target}, {words(mode)}
              {model !== undefined && <code> {model}</code>}
              {rate < 1 && `, ${rate * 100} % of calls`}
              {expiresAt !== undefined && `, until ${new Date(expiresAt).toLocaleTimeString('en-GB')}`}
            </span>
            <button type="button" class="small" onClick={() => void act('DELETE', `faults/${id}`)}>
              End it
            </button>
          </li>
        ))}
      </ul>
      {faults.length > 1 && (
        <button type="button" onClick={() => void act('DELETE', 'faults')}>
          End all of them
        </button>
      )}
    </section>
  );
}
