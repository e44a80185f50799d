import * as values from '../../stack/values';

const of = {
  address: 'aws_x.y',
  values: {
    text: 'a',
    five: '5',
    ten: 10,
    yes: true,
    no: 'false',
    nothing: null,
    list: ['a', 1],
    map: { A: 'a', B: 2 },
    one: { name: 'only' },
    wrapped: [{ name: 'only' }],
    many: [{ name: 'first' }, { name: 'second' }],
    document: '{"a":1}',
  },
};
type Accessor = (of: values.Addressed, argument: string) => unknown;

describe('accessors', () => {
  it.each<[string, Accessor, string, unknown]>([
    ['text', values.text, 'text', 'a'],
    ['text of a number', values.text, 'ten', '10'],
    ['optionalText', values.optionalText, 'nothing', undefined],
    ['number', values.number, 'ten', 10],
    ['number in a string', values.number, 'five', 5],
    ['optionalNumber', values.optionalNumber, 'absent', undefined],
    ['flag', values.flag, 'yes', true],
    ['flag in a string', values.flag, 'no', false],
    ['flag left out', values.flag, 'absent', false],
    ['texts', values.texts, 'list', ['a', '1']],
    ['texts left out', values.texts, 'absent', []],
    ['textMap', values.textMap, 'map', { A: 'a', B: '2' }],
    ['json', values.json, 'document', { a: 1 }],
    ['block as an object', values.block, 'one', { address: 'aws_x.y.one', values: { name: 'only' } }],
    ['block in a list', values.block, 'wrapped', { address: 'aws_x.y.wrapped', values: { name: 'only' } }],
    ['optionalBlock', values.optionalBlock, 'absent', undefined],
    [
      'blocks',
      values.blocks,
      'many',
      [
        { address: 'aws_x.y.many[0]', values: { name: 'first' } },
        { address: 'aws_x.y.many[1]', values: { name: 'second' } },
      ],
    ],
  ])('%s', (_, accessor, argument, expected) => {
    expect(accessor(of, argument)).toEqual(expected);
  });

  it.each<[string, Accessor, string, string]>([
    ['text', values.text, 'absent', 'aws_x.y.absent is missing: it must be a string.'],
    ['text', values.text, 'list', 'aws_x.y.list must be a string, not ["a",1].'],
    ['number', values.number, 'text', 'aws_x.y.text must be a number, not "a".'],
    ['flag', values.flag, 'ten', 'aws_x.y.ten must be true or false, not 10.'],
    ['texts', values.texts, 'many', 'aws_x.y.many must be a list of strings'],
    ['textMap', values.textMap, 'list', 'aws_x.y.list must be a map of strings'],
    ['json', values.json, 'text', 'aws_x.y.text must be a JSON document'],
    ['block', values.block, 'absent', 'aws_x.y.absent is missing: it must be a block.'],
    ['block', values.block, 'many', 'aws_x.y.many must be one block'],
    ['blocks', values.blocks, 'text', 'aws_x.y.text must be a block'],
  ])('%s of "%s" is refused', (_, accessor, argument, message) => {
    expect(() => accessor(of, argument)).toThrow(values.ArgumentError);
    expect(() => accessor(of, argument)).toThrow(message);
  });
});
