/** What is read of a JSON Schema. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

/** A field that rules may have, and what it may be. */
interface Field {
  readonly name: string;
  readonly what: string;
  readonly required: boolean;
}

/** Every field that has a value of its own, by its path; `*` stands for any name. */
export function fieldsOf(schema: Schema, path = '', required = true): readonly Field[] {
  const { properties, additionalProperties } = schema;
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (properties)
    return Object.entries(properties).flatMap(([name, each]) =>
      fieldsOf(each, at(name), schema.required?.includes(name) ?? false),
    );
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0)
    return fieldsOf(additionalProperties, at('*'), required);
  return [{ name: path, what: describe(schema), required }];
}

function describe({
  type = 'any JSON',
  enum: values,
  minimum,
  maximum,
  maxLength,
  maxItems,
  items,
}: Schema): string {
  if (values) return values.map(String).join(' or ');
  const range = minimum !== undefined && maximum !== undefined ? `, ${minimum} to ${maximum}` : '';
  const length = maxLength === undefined ? '' : `, up to ${maxLength} characters`;
  const many = maxItems === undefined ? '' : `, up to ${maxItems}`;
  return `${type}${items ? ` of ${items.type ?? 'anything'}` : ''}${range}${length}${many}`;
}
