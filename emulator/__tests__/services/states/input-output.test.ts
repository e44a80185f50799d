import fc from 'fast-check';
import { parseReferencePath, readPath, writePath } from '../../../services/states/input-output';

function parse(text: string) {
  const path = parseReferencePath(text);
  if (!path) throw new Error(`not a reference path: ${text}`);
  return path;
}

const quote = (name: string) => `['${name.replace(/[\\']/g, '\\$&')}']`;

describe('reading a reference path', () => {
  const data = { a: { 'b c': [{ d: 1 }, null] }, "it's": 2, häuser: 3, zero: 0, none: null };

  it.each([
    ['$', data],
    ['$.a', data.a],
    ["$.a['b c'][0].d", 1],
    ["$.a['b c'][1]", null],
    ["$['it\\'s']", 2],
    ['$.häuser', 3],
    ['$.zero', 0],
    ['$.none', null],
    ['$.absent', undefined],
    ['$.absent.deeper', undefined],
    ['$.zero.deeper', undefined],
    ["$.a['b c'][2]", undefined],
    ["$.a['b c'].length", undefined],
    ['$.constructor', undefined],
    ['$[0]', undefined],
  ])('%s', (text, expected) => {
    expect(readPath(parse(text), data)).toEqual(expected);
  });

  it.each([
    '',
    'a',
    '$a',
    '$.',
    '$..a',
    '$.*',
    '$.a[*]',
    '$.a[-1]',
    '$.a[0:1]',
    '$.a[?(@.b)]',
    '$.a b',
    '$[a]',
  ])('%s is none', (text) => {
    expect(parseReferencePath(text)).toBeUndefined();
  });
});

describe('writing at a reference path', () => {
  it.each([
    ['$', { a: 1 }, 'new'],
    ['$.b', { a: 1 }, { a: 1, b: 'new' }],
    ['$.a', { a: 1, b: 2 }, { a: 'new', b: 2 }],
    ['$.b.c', { a: 1 }, { a: 1, b: { c: 'new' } }],
    ['$.a[1]', { a: [1, 2] }, { a: [1, 'new'] }],
  ])('%s into %j', (text, data, expected) => {
    expect(writePath(parse(text), data, 'new')).toEqual(expected);
  });

  it.each([
    ['$.a.b', { a: 1 }],
    ['$.a.b', { a: [1] }],
    ['$.a[2]', { a: [1] }],
    ['$.a[0]', {}],
    ['$.a', 'text'],
    ['$.a', null],
  ])('%s does not fit into %j', (text, data) => {
    expect(() => writePath(parse(text), data, 'new')).toThrow(
      expect.objectContaining({ name: 'States.ResultPathMatchFailure' }) as Error,
    );
  });

  it('gives back what was written, and changes neither its argument nor anything else', () => {
    const names = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, fc.dictionary(fc.string(), fc.integer()), fc.jsonValue(), (keys, others, value) => {
        fc.pre(!Object.hasOwn(others, keys[0] ?? ''));
        const before = JSON.stringify(others);
        const path = parse(`$${keys.map(quote).join('')}`);
        const written = writePath(path, others, value);
        expect(readPath(path, written)).toEqual(value);
        expect(written).toMatchObject(JSON.parse(before) as object);
        expect(JSON.stringify(others)).toBe(before);
      }),
    );
  });
});
