import * as fc from 'fast-check';
import { evaluate } from '../../../local/terraform/hcl/evaluate';
import { readStack } from '../../../local/terraform/stack';
import { EXPRESSIONS, LOCALS } from './expressions';
import { inOutDir, synthesized } from './fixture';
import { ASSISTANT } from './assistant-fixture';
import { escapeTemplate, hasTerraform, terraformLocals, terraformStack } from './terraform-cli';

const scope = (address: string) => (LOCALS as Record<string, unknown>)[address.replace(/^local\./, '')];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('$', '%', '{', '}', '"', '\\', '\n', '${', '%{', 'e\u0301', '~', 'a', 'u00e9'))
    .map((pieces) => pieces.join('')),
);

(hasTerraform ? describe : describe.skip)('Terraform as the oracle (needs the terraform CLI)', () => {
  it('evaluates every expression of the table as Terraform does', () => {
    const locals = Object.fromEntries(EXPRESSIONS.map(([template], index) => [`e${index}`, template]));
    const evaluated = terraformLocals({ ...LOCALS, ...locals });
    expect(EXPRESSIONS.map((_, index) => evaluated[`e${index}`])).toEqual(
      EXPRESSIONS.map(([template]) => evaluate(template, 'test', scope)),
    );
  });

  it('reads escaped text, quoted text and JSON as Terraform does', () => {
    const texts = fc.sample(text, { numRuns: 200, seed: 20261122 });
    const templates = texts.flatMap((sample) => [
      escapeTemplate(sample),
      `\${"${escapeTemplate(sample).replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"}`,
    ]);
    const list = terraformLocals({ list: templates, json: '${jsonencode(local.list)}' });
    expect(evaluate(templates, 'test', scope)).toEqual(list.list);
    expect(evaluate('${jsonencode(local.list)}', 'test', () => list.list)).toBe(list.json);
  });

  it('resolves a stack as Terraform does', () => {
    const document = synthesized(ASSISTANT);
    const stack = inOutDir(document, (outDir) => readStack(outDir, 'primary'));
    const ours = [...stack.resources, ...stack.dataSources].map(({ address, values }) => [address, values]);
    expect(Object.fromEntries(ours)).toEqual(terraformStack(document, stack));
  });
});
