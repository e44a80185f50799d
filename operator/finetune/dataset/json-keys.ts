/** An object or an array that is open where the scan is. */
interface Open {
  /** Undefined for an array. */
  readonly keys: Set<string> | undefined;
  /** The last key, or the index of the entry. */
  at: string | number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * JSON.parse keeps the last of two values under one key and says nothing; another parser may keep the first.
 * @param json valid JSON
 * @returns names and indexes on the way to the first key that stands twice in its object
 */
export function duplicateKey(json: string): readonly (string | number)[] | undefined {
  const open: Open[] = [];
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    const top = open.at(-1);
    if (code === QUOTE) {
      const end = endOfString(json, at);
      if (top?.keys && isKey(json, end)) {
        const name = json.slice(at + 1, end);
        const key = name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
        top.at = key;
        if (top.keys.has(key)) return open.map((one) => one.at);
        top.keys.add(key);
      }
      at = end;
    } else if (code === 0x7b) open.push({ keys: new Set(), at: '' });
    else if (code === 0x5b) open.push({ keys: undefined, at: 0 });
    else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === 0x2c && typeof top?.at === 'number') top.at += 1;
    at += 1;
  }
  return undefined;
}

/** @returns where the quote is that ends the string */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}

/** Whether a colon follows the string. */
function isKey(json: string, end: number): boolean {
  let next = end + 1;
  while (json.charCodeAt(next) <= 0x20) next += 1;
  return json.charCodeAt(next) === 0x3a;
}
