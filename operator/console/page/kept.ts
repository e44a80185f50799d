import type { About, Happening, Line, Picture } from '../picture';

/** What the page keeps, however long it is open. */
export const MAX_LINES = 1_500;
export const MAX_HAPPENINGS = 500;

/** What the server has told. */
export interface Kept {
  readonly about: About | undefined;
  /** A system that was just started has not been looked at yet. */
  readonly picture: Picture | undefined;
  readonly lines: readonly Line[];
  readonly happened: readonly Happening[];
}

export const NOTHING: Kept = { about: undefined, picture: undefined, lines: [], happened: [] };

/** The server's events, by their names. */
export interface Events {
  readonly hello: Partial<Picture> & Pick<Kept, 'lines' | 'happened'> & { readonly about: About };
  readonly picture: Partial<Picture>;
  readonly lines: readonly Line[];
  readonly happened: readonly Happening[];
}

/** What is known after an event; a `hello`, the first of a connection, takes the place of all before. */
export const HEARD: { readonly [Name in keyof Events]: (kept: Kept, told: Events[Name]) => Kept } = {
  hello: (_, { about, lines, happened, ...rest }) => ({
    about,
    lines: lines.slice(-MAX_LINES),
    happened: happened.slice(-MAX_HAPPENINGS),
    picture: rest.regions === undefined ? undefined : (rest as Picture),
  }),
  picture: (kept, sections) => ({ ...kept, picture: { ...kept.picture, ...sections } as Picture }),
  lines: (kept, fresh) => ({ ...kept, lines: [...kept.lines, ...fresh].slice(-MAX_LINES) }),
  happened: (kept, fresh) => ({ ...kept, happened: [...kept.happened, ...fresh].slice(-MAX_HAPPENINGS) }),
};
