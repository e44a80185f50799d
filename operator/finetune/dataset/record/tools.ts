import { type Findings, isGiven, isObject, readList, readObject, readText, typeName, under } from './fields';

/** `{tools: [{toolSpec: {name, description, inputSchema: {json}}}]}`, as Converse and AWS's dataset validator have it. */
export function readToolConfig(value: unknown, findings: Findings): ReadonlySet<string> {
  const names = new Set<string>();
  const config = readObject(value, 'toolConfig', ['tools', 'toolChoice'], findings);
  if (!config) return names;
  readList(config.tools, 'toolConfig.tools', findings).forEach((entry, index) => {
    const path = `toolConfig.tools[${index}]`;
    const tool = readObject(entry, path, ['toolSpec'], findings);
    const at = under(path, 'toolSpec');
    const spec = tool && readObject(tool.toolSpec, at, ['name', 'description', 'inputSchema'], findings);
    if (!spec) return;
    const name = readText(spec.name, under(at, 'name'), findings);
    if (name !== undefined && names.has(name))
      findings.add('unknown-tool', under(at, 'name'), 'is the name of two tools');
    if (name !== undefined) names.add(name);
    readText(spec.description, under(at, 'description'), findings);
    const schema = readObject(spec.inputSchema, under(at, 'inputSchema'), ['json'], findings);
    if (schema && !(isObject(schema.json) && 'type' in schema.json))
      findings.add('missing-field', under(at, 'inputSchema.json.type'), 'is missing');
  });
  return names;
}

/** The calls of tools in one conversation, in its order. */
export class ToolCalls {
  private readonly open = new Set<string>();
  private readonly used = new Set<string>();

  /** @param names of the tools that there are; undefined where the record does not say */
  constructor(
    private readonly names: ReadonlySet<string> | undefined,
    private readonly findings: Findings,
  ) {}

  get any(): boolean {
    return this.used.size > 0;
  }

  readUse(value: unknown, path: string): void {
    const { findings } = this;
    const use = readObject(value, path, ['toolUseId', 'name', 'input'], findings);
    if (!use) return;
    const id = readText(use.toolUseId, under(path, 'toolUseId'), findings) ?? '';
    const name = readText(use.name, under(path, 'name'), findings);
    if (!isObject(use.input))
      findings.add('wrong-type', under(path, 'input'), `is ${typeName(use.input)} instead of an object`);
    if (name !== undefined && this.names?.has(name) === false)
      findings.add('unknown-tool', under(path, 'name'), 'is no tool of toolConfig');
    if (this.used.has(id)) findings.add('unknown-tool', under(path, 'toolUseId'), 'is used twice');
    this.used.add(id);
    this.open.add(id);
  }

  readResult(value: unknown, path: string): void {
    const { findings } = this;
    const result = readObject(value, path, ['toolUseId', 'content', 'status'], findings);
    if (!result) return;
    const id = readText(result.toolUseId, under(path, 'toolUseId'), findings);
    if (id !== undefined && !this.open.delete(id))
      findings.add('unknown-tool', under(path, 'toolUseId'), 'answers no earlier toolUse');
    readList(result.content, under(path, 'content'), findings).forEach((entry, index) => {
      const at = `${path}.content[${index}]`;
      const item = readObject(entry, at, ['text', 'json'], findings);
      if (item && isGiven(item.text) === isGiven(item.json))
        findings.add('missing-field', at, 'has to have either text or json');
    });
  }
}
