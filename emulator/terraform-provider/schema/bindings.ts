import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attribute, Block, NestedBlock, TerraformType } from './schema';

/** Where CDKTF's bindings keep what they are generated from: TypeScript inside the inline source map. */
const SOURCE_MAP = /sourceMappingURL=data:application\/json;(?:charset=[\w-]+;)?base64,([\w+/=]+)/;
const CLASS = /^export class (\w+) extends cdktf\.(\w+) \{\n([\s\S]*?)\n\}\n/gm;
const HCL_FUNCTION = /^export function (\w+)ToHclTerraform\([\s\S]*?\n\}\n/gm;
const FIELD = /\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n([\s\S]*?)return (.*);\n/g;
const ENTRY =
  /^ +(\w+): \{\n +value: (.*),\n +isBlock: (\w+),\n +type: "(\w+)",\n +storageClassType: "(\w+)",/gm;

/** What a type's `synthesizeHclAttributes` says of an argument. */
interface Entry {
  readonly value: string;
  readonly isBlock: boolean;
  readonly type: string;
  readonly storage: string;
}

/** One resource type, data source or provider of the bindings, whose version it names. */
interface Binding {
  readonly version: string | undefined;
  readonly block: Block;
}

/**
 * Reads a schema from bindings that CDKTF generated. They do not say what is sensitive, has a default or forces a
 * replacement.
 * @param directory the bindings' package, e.g. node_modules/@cdktf/provider-aws
 * @param name `route53-record`, `data-aws-region`, or `provider`
 */
export function readBinding(directory: string, name: string): Binding {
  const file = join(directory, 'lib', name, 'index.js');
  const map = SOURCE_MAP.exec(readFileSync(file, 'utf8'))?.[1];
  if (map === undefined) throw new Error(`${file} has no inline source map to read a schema from.`);
  const { sourcesContent } = JSON.parse(Buffer.from(map, 'base64').toString()) as {
    sourcesContent: readonly [string];
  };
  return new BindingReader(sourcesContent[0]).read();
}

class BindingReader {
  private readonly classes = new Map<string, string>();
  private readonly entries = new Map<string, ReadonlyMap<string, Entry>>();
  private main = '';

  constructor(private readonly source: string) {
    for (const [, name = '', base = '', body = ''] of source.matchAll(CLASS)) {
      this.classes.set(name, body);
      if (base.startsWith('Terraform')) this.main = name;
    }
    for (const [text, name = ''] of source.matchAll(HCL_FUNCTION)) this.entries.set(name, entriesIn(text));
  }

  read(): Binding {
    const body = this.classes.get(this.main) ?? '';
    return {
      version: /providerVersion: '([\d.]+)'/.exec(this.source)?.[1],
      block: this.blockOf(body, entriesIn(body)),
    };
  }

  private blockOf(body: string, entries: ReadonlyMap<string, Entry>): Block {
    const attributes: Record<string, Attribute> = {};
    const blocks: Record<string, NestedBlock> = {};
    const fields = [...body.matchAll(FIELD)];
    for (const [, name = '', computed, optional, required, declaration = '', getter = ''] of fields) {
      const entry = entries.get(name);
      if (entry?.isBlock) blocks[name] = this.nestedBlock(entry, required === 'true');
      else {
        attributes[name] = {
          type: this.attributeType(name, declaration, getter, entry),
          computed: computed === 'true',
          optional: optional === 'true',
          required: required === 'true',
        };
      }
    }
    if (fields.length > 0) return { attributes, blocks };
    // A provider's blocks have no class of their own, only the function that writes them.
    for (const [name, entry] of entries) {
      if (entry.isBlock) blocks[name] = this.nestedBlock(entry, false);
      else attributes[name] = { type: typeOf(entry), computed: false, optional: true, required: false };
    }
    return { attributes, blocks };
  }

  private nestedBlock({ value, type, storage }: Entry, required: boolean): NestedBlock {
    const name = storage.replace(/List$/, '');
    const single = type === 'struct';
    const many = value.startsWith('cdktf.listMapperHcl');
    return {
      nesting: single ? 'SINGLE' : type === 'set' ? 'SET' : 'LIST',
      minItems: required && !single ? 1 : 0,
      maxItems: single || many ? 0 : 1,
      block: this.blockOf(
        this.classes.get(`${name}OutputReference`) ?? '',
        this.entries.get(name.charAt(0).toLowerCase() + name.slice(1)) ?? new Map<string, Entry>(),
      ),
    };
  }

  private attributeType(
    name: string,
    declaration: string,
    getter: string,
    entry: Entry | undefined,
  ): TerraformType {
    const [, kind, element] = /\.get(String|Number|Boolean)?(List|Map)?Attribute\(/.exec(getter) ?? [];
    const primitive = PRIMITIVES[kind ?? 'String'] ?? 'string';
    if (element === 'Map') return ['map', primitive];
    if (element === 'List') return [getter.includes('Fn.tolist(') ? 'set' : 'list', primitive];
    if (kind !== undefined) return primitive;
    const [, built = '', set] =
      /new (?:cdktf\.)?(\w+)\(this, "\w+"(?:, (true|false))?\)/.exec(declaration) ?? [];
    const [, mapOf, listOf] = /^(String|Number|Boolean|Any)Map(List)?$/.exec(built) ?? [];
    if (mapOf !== undefined) {
      const map = ['map', PRIMITIVES[mapOf] ?? 'string'] as const;
      return listOf === undefined ? map : [set === 'true' ? 'set' : 'list', map];
    }
    if (built.endsWith('OutputReference')) return this.objectType(built);
    if (built.endsWith('List')) {
      return [set === 'true' ? 'set' : 'list', this.objectType(built.replace(/List$/, 'OutputReference'))];
    }
    if (entry !== undefined) return typeOf(entry);
    throw new Error(`The bindings' ${this.main} does not tell the type of its attribute "${name}".`);
  }

  private objectType(className: string): TerraformType {
    const { attributes } = this.blockOf(this.classes.get(className) ?? '', new Map());
    return ['object', Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type]))];
  }
}

const PRIMITIVES: Readonly<Record<string, 'string' | 'number' | 'bool'>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  string: 'string',
  number: 'number',
  boolean: 'bool',
};

function typeOf({ type, storage }: Entry): TerraformType {
  const primitive = PRIMITIVES[storage.replace(/List$|Map$/, '')] ?? 'string';
  return type === 'list' || type === 'set' || type === 'map' ? [type, primitive] : primitive;
}

const entriesIn = (text: string): ReadonlyMap<string, Entry> =>
  new Map(
    [...text.matchAll(ENTRY)].map(([, name = '', value = '', isBlock, type = '', storage = '']) => [
      name,
      { value, isBlock: isBlock === 'true', type, storage },
    ]),
  );
