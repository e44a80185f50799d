import * as fc from 'fast-check';
import { evaluate } from '../../../stack/hcl/evaluate';
import { UnsupportedError } from '../../../stack/resource';
import { EXPRESSIONS, LOCALS } from '../expressions';
import { escapeTemplate } from '../../../../__tests__/system/terraform-cli';

const scope = (address: string) => (LOCALS as Record<string, unknown>)[address.replace(/^local\./, '')];
const where = 'aws_lambda_function.router.environment';

describe('expressions', () => {
  it.each(EXPRESSIONS)('%j is %j', (template, value) => {
    expect(evaluate(template, where, scope)).toEqual(value);
  });

  it.each([
    ['${', 'unexpected end'],
    ['${local.name', 'expected \\"}\\"'],
    ['${local.name}}${"a}', 'unclosed string'],
    ['${"a\nb"}', 'a line break'],
    ['${"\\q"}', 'the escape \\\\q'],
    ['${~ local.name ~}', 'unreadable \\"~\\"'],
    ['%{ if true }a%{ endif }', 'a template directive'],
    ['${local}', 'expected \\".\\"'],
    ['${local.5}', 'expected a name'],
    ['${local.list.0.5}', 'expected a name'],
    ['${local.list[*].a}', 'unreadable \\"*\\"'],
    ['${[for x in local.list : x]}', 'expected'],
    ['${1 + 1}', 'unreadable \\"+\\"'],
    ['${timestamp()}', 'the function timestamp()'],
    ['${sha1("a", "b")}', 'sha1() with 2 arguments instead of 1'],
    ['${element([], 0)}', 'element() of 0 items'],
    ['a ${local.list}', 'a list where a string is needed'],
    ['a ${null}', 'null where a string is needed'],
    ['${join("/", "a")}', 'a string where a list is needed'],
    ['${local.name ? 1 : 2}', 'a string where true or false is needed'],
    ['${-"a"}', 'the negative of a string'],
    ['${local.list[2]}', 'there is no 2'],
    ['${local.list["0"]}', 'there is no \\"0\\"'],
    ['${local.map.absent}', 'there is no \\"absent\\"'],
    ['${local.map["a-key"].toString}', 'there is no \\"toString\\"'],
    ['a${1e21}', 'the number 1e+21'],
  ])('refuses %j', (template, reason) => {
    expect(() => evaluate(template, where, scope)).toThrow(UnsupportedError);
    expect(() => evaluate(template, where, scope)).toThrow(where);
    // The reason may quote text: compare it as it stands in a JSON string.
    let message = '';
    try {
      evaluate(template, where, scope);
    } catch (error) {
      message = JSON.stringify((error as Error).message);
    }
    expect(message).toContain(reason);
  });

  it('names the place inside the argument', () => {
    const value = { variables: { list: ['fine', '${nothing()}'] } };
    expect(() => evaluate(value, where, scope)).toThrow(`${where}.variables.list[1]: `);
  });

  it('resolves the keys of maps, too', () => {
    expect(evaluate({ '${local.name}-key': '${local.name}' }, where, scope)).toEqual({
      'value-key': 'value',
    });
  });

  it('gives back any text that was escaped, in Unicode normal form C', () => {
    const unit = fc.constantFrom('$', '%', '{', '}', '"', '\\', '${', '%{', 'e\u0301', '\u{1f600}', '\n');
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit }));
    fc.assert(
      fc.property(text, (sample) => {
        expect(evaluate(escapeTemplate(sample), where, scope)).toBe(sample.normalize('NFC'));
      }),
    );
  });
});
