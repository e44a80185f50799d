import { signal } from '@preact/signals';
import { ask, isAsking, keepAsking, Latest } from './ask';
import { inject } from './hurt';
import { about, act, happened, picture, regionName, requests } from './store';

const isHidden = signal(false);

interface Step {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly isDone: () => boolean;
  /** It was begun, and takes its time. */
  readonly isUnderWay?: () => boolean;
  readonly act: () => void;
}

const fault = (target: string, mode: string, model: string) =>
  inject({ region: 'primary', target, mode, model, rate: '1', seconds: '' });

const isIn = (target: string) =>
  picture.value?.faults.some((each) => each.target === target && each.region === 'primary') ?? false;

const primaryModel = () =>
  picture.value?.regions[0]?.rules.find(({ type }) => type === 'general')?.primary ?? '';

const answeredFrom = (role: string) =>
  requests.value.some(
    (request) => request.role === role && request.outcome === 'primary' && request.source !== 'canary',
  );

/** Its regional name answers at any time. */
const movedTo = (role: string) => happened.value.some((each) => each.kind === 'callers' && each.to === role);

/** On this machine's clock. */
const moveSeconds = () => Math.ceil((about.value?.failover.moveSeconds ?? 0) / (picture.value?.speed ?? 1));

/** Each of them is done when it is seen, whoever did it. */
const steps = (): readonly Step[] => [
  {
    title: 'Ask',
    text: 'A question, and one more each second, so that you see whether the answers go on.',
    button: 'Ask and keep asking',
    isDone: () => answeredFrom('primary'),
    act: () => {
      void ask('What is the inflation rate?');
      keepAsking(true);
    },
  },
  {
    title: 'Take the model away',
    text: 'The fallback answers, and after some failures the dead model is not even asked.',
    button: 'Take it away',
    isDone: () => requests.value.some(({ outcome }) => outcome === 'fallback'),
    isUnderWay: () => isIn('bedrock'),
    act: () => {
      if (!isAsking()) keepAsking(true);
      void fault('bedrock', 'error', primaryModel());
    },
  },
  {
    title: 'Take the region away',
    text: `For ${moveSeconds()} s at most nobody answers: the checks go red, DNS moves, and then ${regionName('secondary')} does.`,
    button: `Take ${regionName('primary')} away`,
    isDone: () =>
      answeredFrom('secondary') && (movedTo('secondary') || picture.value?.failover.servedBy === 'secondary'),
    isUnderWay: () => isIn('region'),
    act: () => {
      if (!isAsking()) keepAsking(true);
      void fault('region', 'down', '');
    },
  },
  {
    title: 'Bring it back',
    text: `The checks go green, and within ${moveSeconds()} s the callers return by themselves.`,
    button: 'End all faults',
    isDone: () => movedTo('primary') && picture.value?.faults.length === 0,
    act: () => {
      void act('DELETE', 'faults');
    },
  },
];

/** What one has to have seen, in four steps. */
export function Tour() {
  if (isHidden.value) return null;
  const list = steps();
  const seen = list.findLastIndex(({ isDone }) => isDone());
  const left = list.map(({ isDone }, index) => (isDone() ? -1 : index)).filter((index) => index !== -1);
  // One may have begun in the middle.
  const next = left.find((index) => index > seen) ?? left[0];
  return (
    <section class="card tour" aria-labelledby="tour-title">
      <div class="head">
        <h2 id="tour-title">
          {next === undefined
            ? 'You have seen it fail, and the answers go on'
            : 'See it fail, and the answers go on'}
        </h2>
        <button type="button" class="small plain" onClick={() => (isHidden.value = true)}>
          Hide
        </button>
      </div>
      <ol>
        {list.map(({ title, text, button, isDone, isUnderWay, act: run }, index) => (
          <li key={title} class={isDone() ? 'done' : index === next ? 'next' : ''}>
            <h3>
              <span class="step" aria-hidden="true">
                {isDone() ? '✓' : index + 1}
              </span>
              {title}
              {isDone() && <span class="hidden"> (seen)</span>}
            </h3>
            <p>{text}</p>
            <button
              type="button"
              class={index === next ? 'main' : ''}
              disabled={isUnderWay?.() ?? false}
              onClick={run}
            >
              {isUnderWay?.() && !isDone() ? 'Under way …' : button}
            </button>
          </li>
        ))}
      </ol>
      <Latest />
    </section>
  );
}
