const HALF_OF_A_PAIR = /[\uD800-\uDBFF]$/;

/** The first `length` UTF-16 units, or one less: it never cuts a surrogate pair in half. */
export const cut = (text: string, length: number): string =>
  length < text.length ? text.slice(0, length).replace(HALF_OF_A_PAIR, '') : text;
