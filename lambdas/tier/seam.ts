/*
 * Where another model goes on with an answer that broke off. Whether it has gone on, or begun something else, its words
 * alone do not tell: so it is asked to repeat the last ones first, and what follows them is what follows.
 */

/** Some ten words: nothing else begins with them by chance. */
const REPEATED_CHARACTERS = 60;

/** @returns the end of a text, from the beginning of a word on where its words are not too long */
export function lastWords(said: string): string {
  const text = said.trim();
  if (text.length <= REPEATED_CHARACTERS) return text;
  const end = text.slice(-REPEATED_CHARACTERS);
  const word = end.search(/\s/) + 1;
  return word > 0 && word <= REPEATED_CHARACTERS / 2
    ? end.slice(word).trimStart()
    : end.replace(/^[\uDC00-\uDFFF]/, '');
}

/** What goes on, as far as it is told; `isFit` is false where something else was begun. */
export type Joint = { readonly isFit: true; readonly rest: string } | { readonly isFit: false };

/** Reads how a model goes on, as it comes. */
export class Seam {
  /** Many a model begins anew, with the same words: the answer is then its own, of which a part is known. */
  private readonly anew: Repetition;
  private readonly further: Repetition;

  constructor(said: string) {
    this.anew = new Repetition(said, said);
    this.further = new Repetition(lastWords(said), said);
  }

  /** @returns undefined as long as it cannot be told */
  add(text: string): Joint | undefined {
    this.anew.add(text);
    this.further.add(text);
    const joint = this.anew.joint;
    return joint?.isFit === false ? this.further.joint : joint;
  }

  /** Nothing more is said. */
  end(): Joint {
    const anew = this.anew.end();
    return anew.isFit ? anew : this.further.end();
  }
}

const SPACE = /\s/;
const UNFIT: Joint = { isFit: false };

/** Compares a text with what it is to begin with, but for how much white space there is in a place. */
class Repetition {
  private readonly expected: string;
  private readonly shownSpace: string;
  private at = 0;
  private hasSpace = false;
  private isOther = false;
  private after: string | undefined;

  /** @param said what it is shown after */
  constructor(expected: string, said: string) {
    this.expected = expected.trim().replace(/\s+/g, ' ');
    this.shownSpace = said.slice(said.trimEnd().length);
  }

  add(text: string): void {
    if (this.after !== undefined) this.after += text;
    else if (!this.isOther) this.compare(text);
  }

  get joint(): Joint | undefined {
    if (this.isOther) return UNFIT;
    const { after, shownSpace } = this;
    if (after === undefined) return undefined;
    if (shownSpace === '') return { isFit: true, rest: after };
    if (after === '') return undefined;
    // A word that was over does not go on.
    if (!SPACE.test(after.charAt(0))) return UNFIT;
    let shown = 0;
    while (shown < shownSpace.length && after.charAt(shown) === shownSpace.charAt(shown)) shown += 1;
    return { isFit: true, rest: after.slice(shown) };
  }

  end(): Joint {
    return this.joint ?? (this.after === '' ? { isFit: true, rest: '' } : UNFIT);
  }

  private compare(text: string): void {
    for (const [index, unit] of text.split('').entries()) {
      const isSpace = SPACE.test(unit);
      if (isSpace) this.hasSpace = this.at > 0;
      if (isSpace) continue;
      const met = this.hasSpace ? ` ${unit}` : unit;
      this.hasSpace = false;
      this.isOther = !this.expected.startsWith(met, this.at);
      if (this.isOther) return;
      this.at += met.length;
      if (this.at < this.expected.length) continue;
      this.after = text.slice(index + 1);
      return;
    }
  }
}
