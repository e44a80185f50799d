/** Markup that is safe to be put into a page. */
export class Html {
  constructor(readonly markup: string) {}
}

type Content = Html | string | number | readonly Html[];

/** A template whose values are escaped, unless they are markup. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(parts.map((part, index) => `${part}${markupOf(values[index] ?? '')}`).join(''));

export const NOTHING = new Html('');

const markupOf = (content: Content): string => {
  if (content instanceof Html) return content.markup;
  if (typeof content === 'object') return content.map(({ markup }) => markup).join('\n');
  return escape(String(content));
};

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
