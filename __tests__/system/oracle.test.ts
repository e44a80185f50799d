import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { evaluate, readStack, type Stack, stackDirectory } from '@assistant/emulator/run';
import { describeWhere } from '../support/describe-where';
import { synthesize } from '../support/synthesize';
import { EXPRESSIONS, LOCALS } from '../../emulator/__tests__/stack/expressions';
import { inOutDir, synthesized } from '../../emulator/__tests__/stack/fixture';
import { ASSISTANT } from '../../emulator/__tests__/stack/assistant-fixture';
import { escapeTemplate, hasTerraform, terraformLocals, terraformStack } from './terraform-cli';

const scope = (address: string) => (LOCALS as Record<string, unknown>)[address.replace(/^local\./, '')];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('$', '%', '{', '}', '"', '\\', '\n', '${', '%{', 'e\u0301', '~', 'a', 'u00e9'))
    .map((pieces) => pieces.join('')),
);

const valuesByAddress = ({ resources, dataSources }: Stack) =>
  Object.fromEntries([...resources, ...dataSources].map(({ address, values }) => [address, values]));

const suite = describeWhere(hasTerraform, 'the Terraform CLI');

suite('Terraform as the oracle', () => {
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
    expect(valuesByAddress(stack)).toEqual(terraformStack(document, stack));
  });

  it('resolves every stack of the app as Terraform does', () => {
    const { directory, remove } = synthesize();
    try {
      const names = readdirSync(join(directory, 'stacks'));
      expect(names).toEqual(expect.arrayContaining(['primary', 'secondary']));
      for (const name of names) {
        const file = join(stackDirectory(directory, name), 'cdk.tf.json');
        const document = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
        const stack = readStack(directory, name);
        expect(valuesByAddress(stack)).toEqual(terraformStack(document, stack));
      }
    } finally {
      remove();
    }
  });
});
