import type { ComponentChildren } from 'preact';

/** Colour is never alone: each outcome has its mark and its word. */
export const MARKS = { primary: '●', fallback: '▲', degraded: '■', refused: '–', none: '✕' } as const;

export type Mark = keyof typeof MARKS;

export const isMark = (name: string): name is Mark => Object.hasOwn(MARKS, name);

export const Outcome = ({ of, children }: { readonly of: Mark; readonly children?: ComponentChildren }) => (
  <span class={`outcome ${of}`}>
    <span aria-hidden="true">{MARKS[of]}</span> {children ?? of}
  </span>
);

export const State = ({
  good,
  children,
}: {
  readonly good: boolean;
  readonly children: ComponentChildren;
}) => (
  <span class={good ? 'state good' : 'state bad'}>
    <span aria-hidden="true">{good ? '✓' : '!'}</span> {children}
  </span>
);

/** Where something stands that could not be read, why. */
export const Unread = ({ what = 'Not known', why }: { readonly what?: string; readonly why: string }) => (
  <span class="muted" title={why}>
    {what === 'Not known' ? what.toLowerCase() : `${what}: not known`}
  </span>
);

/** A model as people call it; its whole id is there for who needs it. */
export const Model = ({ id }: { readonly id: string }) => (
  <code title={id}>{id.replace(/^(?:[a-z-]+\.)?[a-z]+\.(?=.)/, '')}</code>
);

export const milliseconds = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;

export const clockTime = (at: number): string => new Date(at).toLocaleTimeString('en-GB');

export function Choice<T extends string>({
  label,
  value,
  of,
  onPick,
}: {
  readonly label: string;
  readonly value: T;
  readonly of: readonly (readonly [T, string])[];
  readonly onPick: (value: T) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          onPick(currentTarget.value as T);
        }}
      >
        {of.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
