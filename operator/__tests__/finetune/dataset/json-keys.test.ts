import fc from 'fast-check';
import { duplicateKey } from '../../../finetune/dataset/json-keys';

it.each([
  ['{"a":1,"a":2}', ['a']],
  ['{"a":{"b":[{"c":1},{"c":1,"d":2,"c":3}]}}', ['a', 'b', 1, 'c']],
  ['{"a":1,"\\u0061":2}', ['a']],
  ['{"a\\"":1, "a\\"" :2}', ['a"']],
  ['{"a":"a","b":["a","a"],"c":{"a":1}}', undefined],
  ['{"a":"\\\\","b":"{\\"b\\":1}"}', undefined],
  ['[["a",[]],{},"a",1]', undefined],
  ['"a"', undefined],
])('in %s the first key that stands twice is %j', (json, way) => {
  expect(duplicateKey(json)).toEqual(way);
});

it('no JSON that was written from a value has one, and each has where a key is written twice', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(1), (object, indent) => {
      const json = JSON.stringify(object, null, indent);
      expect(duplicateKey(json)).toBeUndefined();
      const [key = ''] = Object.keys(object);
      expect(duplicateKey(`${json.slice(0, -1)},${JSON.stringify(key)}:0}`)).toEqual([key]);
    }),
  );
});
