import type { StreamEvent, StreamEventName } from '../../contract/stream';

/** An event of a stream, by its name and with its data. */
export type Heard = {
  [Name in StreamEventName]: { readonly name: Name; readonly data: StreamEvent<Name> };
}[StreamEventName];

/** What of a stream's text is whole: its events, and its comments. */
export function parseEvents(text: string): { readonly events: readonly Heard[]; readonly comments: number } {
  const blocks = text.split('\n\n').slice(0, -1);
  const events = blocks.flatMap((block): readonly Heard[] => {
    const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
    return name === undefined ? [] : [{ name, data: JSON.parse(data) as unknown } as Heard];
  });
  return { events, comments: blocks.filter((block) => block === ':').length };
}

/** Their names, deltas that follow each other as one. */
export const namesOf = (events: readonly Heard[]): readonly Heard['name'][] =>
  events.map(({ name }) => name).filter((name, index, all) => name !== 'delta' || all[index - 1] !== 'delta');

/** What a client makes of the events that has read the contract and nothing else. */
export function followContract(events: readonly Heard[]) {
  let text = '';
  let whole: StreamEvent<'end'> | undefined;
  for (const { name, data } of events) {
    if (name === 'delta') text += data.text;
    if (name === 'restart' || name === 'error') text = '';
    if (name === 'end') whole = data;
  }
  return { text, whole };
}
