import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_SECRET, type Stack } from '@assistant/emulator/run';

type Json = Readonly<Record<string, unknown>>;

export const hasTerraform = spawnSync('terraform', ['-version']).status === 0;

/** Text as a template that renders that text. */
export const escapeTemplate = (text: string): string => text.replace(/[$%](?=\{)/g, '$&$&');

/** What the real Terraform makes of local values, with neither providers nor network. */
export function terraformLocals(locals: Json, variable: Json = {}): Json {
  const directory = mkdtempSync(join(tmpdir(), 'terraform-'));
  try {
    const outputs = Object.fromEntries(
      Object.keys(locals).map((name) => [name, { value: `\${local.${name}}` }]),
    );
    writeFileSync(
      join(directory, 'main.tf.json'),
      JSON.stringify({ locals, output: outputs, ...(Object.keys(variable).length > 0 && { variable }) }),
    );
    const terraform = (...args: string[]) =>
      execFileSync('terraform', args, {
        cwd: directory,
        encoding: 'utf8',
        env: { ...process.env, CHECKPOINT_DISABLE: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 64 * 1024 * 1024,
      });
    terraform('apply', '-auto-approve', '-input=false', '-no-color');
    const printed = JSON.parse(terraform('output', '-json')) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(printed).map(([name, { value }]) => [name, value]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const META = new Set(['//', 'depends_on', 'lifecycle', 'provider']);

/**
 * What Terraform makes of a whole stack, by address: each resource is rewritten as a local value, the attributes
 * that AWS would compute taken as literals from our own reading.
 */
export function terraformStack(document: Json, stack: Stack): Json {
  const all = [...stack.resources, ...stack.dataSources];
  const flat = new Map(all.map(({ address }) => [address, address.replaceAll('.', '__')]));
  const rewritten = (text: string) =>
    text.includes('${')
      ? text.replace(/(?<![\w.])(?:data\.)?[a-z]\w*\.\w+/g, (address) =>
          flat.has(address) ? `local.${flat.get(address) ?? ''}` : address,
        )
      : text;
  const locals = all.map(({ address, type, name, values }) => {
    const section = document[address.startsWith('data.') ? 'data' : 'resource'];
    const body = (section as Record<string, Record<string, Json>>)[type]?.[name] ?? {};
    const declared = Object.entries(body).filter(
      ([argument, value]) => !META.has(argument) && value !== null,
    );
    const names = new Set(declared.map(([argument]) => argument));
    const computed = Object.entries(values).filter(([attribute]) => !names.has(attribute));
    const value = {
      ...mapTexts(Object.fromEntries(computed), escapeTemplate),
      ...mapTexts(Object.fromEntries(declared), rewritten),
    };
    return [flat.get(address) ?? '', value] as const;
  });
  const variables = Object.keys((document.variable ?? {}) as Json).map((name) => [
    name,
    { default: LOCAL_SECRET },
  ]);
  const evaluated = terraformLocals(
    { ...(document.locals as Json | undefined), ...Object.fromEntries(locals) },
    Object.fromEntries(variables) as Json,
  );
  return Object.fromEntries([...flat].map(([address, name]) => [address, evaluated[name]]));
}

function mapTexts(value: Json, map: (text: string) => string): Json {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' ? map(item) : item,
  ) as Json;
}
