import { checkArguments } from './check-arguments';
import { evaluate } from './hcl/evaluate';
import { nameFaults } from './names';
import { placementOf } from './placement';
import type { AwsProvider } from './provider';
import { type Resource, UnsupportedError } from './resource';
import { RESOURCE_TYPES } from './resource-types';
import type { Placement } from './resource-types/resource-type';
import type { SynthesizedStack } from './synthesized';
import { type Addressed, blocks, flag, optionalBlock, text } from './values';

type Values = Readonly<Record<string, unknown>>;

/** Something with an address, not resolved yet. */
type Node =
  | { readonly kind: 'managed' | 'data'; readonly type: string; readonly body: Values }
  | { readonly kind: 'value'; readonly expression: unknown }
  | ({ readonly kind: 'variable' } & NonNullable<SynthesizedStack['variable']>[string]);

/** What a sensitive variable without a default holds here, where a secret would protect nothing. */
export const LOCAL_SECRET = 'a-secret-that-everybody-knows-is-none';

/** Resolves what a stack's expressions refer to, each address once and only when it is referred to. */
export class Resolver {
  private readonly nodes: ReadonlyMap<string, Node>;
  private readonly resolved = new Map<string, unknown>();
  /** The addresses being resolved, in the order in which they refer to each other. */
  private readonly underway: string[] = [];

  constructor(
    private readonly stackName: string,
    private readonly provider: AwsProvider,
    stack: SynthesizedStack,
  ) {
    this.nodes = new Map<string, Node>([
      ...resourceNodes('managed', stack.resource),
      ...resourceNodes('data', stack.data),
      ...nodes('local', stack.locals, (expression): Node => ({ kind: 'value', expression })),
      ...nodes('var', stack.variable, (variable): Node => ({ kind: 'variable', ...variable })),
    ]);
  }

  /** Every managed resource or every data source, resolved. */
  resources(kind: 'managed' | 'data'): readonly Resource[] {
    const found: Resource[] = [];
    for (const [address, node] of this.nodes) {
      if (node.kind !== kind) continue;
      const values = this.resolve(address, address) as Values;
      found.push({ address, type: node.type, name: nameIn(address), values });
    }
    return found;
  }

  /** @param where address and path of the value, for errors */
  evaluate(value: unknown, where: string): unknown {
    return evaluate(value, where, (address, from) => this.resolve(address, from));
  }

  private resolve(address: string, where: string): unknown {
    if (this.resolved.has(address)) return this.resolved.get(address);
    const node = this.nodes.get(address);
    if (node === undefined)
      throw new UnsupportedError(where, `refers to ${address}, which the stack does not have`);
    if (this.underway.includes(address)) {
      throw new Error(
        `${[...this.underway, address].join(' -> ')}: a cycle of references, which Terraform refuses.`,
      );
    }
    this.underway.push(address);
    const value = this.valueOf(address, node);
    this.underway.pop();
    this.resolved.set(address, value);
    return value;
  }

  private valueOf(address: string, node: Node): unknown {
    if (node.kind === 'value') return this.evaluate(node.expression, address);
    if (node.kind !== 'variable') return this.resourceValues(address, node);
    if (node.default === undefined && node.sensitive === true) return LOCAL_SECRET;
    if (node.default === undefined) {
      throw new UnsupportedError(address, 'a variable without a default, which nobody sets in a local run');
    }
    return node.default;
  }

  private resourceValues(address: string, { kind, type, body }: Extract<Node, { body: Values }>): Values {
    const declared = withoutMetaArguments(address, body, this.provider.reference);
    const known = RESOURCE_TYPES[kind === 'data' ? `data.${type}` : type];
    if (!known?.ignoresPreconditions) {
      checkPreconditions(address, body, (value, where) => this.evaluate(value, where));
    }
    const of: Addressed = { address, values: this.evaluate(declared, address) as Values };
    const placement = placementOf(this.stackName, address, this.provider.region, this.find);
    if (known === undefined) return { ...placeholders(type, nameIn(address), placement), ...of.values };
    checkArguments(of, known.arguments);
    const [fault] = kind === 'managed' ? nameFaults(type, of.values) : [];
    if (fault !== undefined) throw new UnsupportedError(address, fault);
    return { ...of.values, ...known.computed(of, placement) };
  }

  private readonly find: Placement['find'] = (type, attribute, value) => {
    for (const [address, node] of this.nodes) {
      const values = this.resolved.get(address);
      if (node.kind === 'managed' && node.type === type && isMap(values) && values[attribute] === value) {
        return { address, values };
      }
    }
    return undefined;
  };
}

/** What a resource that is not emulated offers to those who refer to it. */
function placeholders(type: string, name: string, { region, account, id }: Placement): Values {
  const [, service = type] = type.split('_');
  return { id: id(12), arn: `arn:aws:${service}:${region}:${account}:${type}/${name}` };
}

const nameIn = (address: string): string => address.slice(address.lastIndexOf('.') + 1);

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null;

function* nodes<T>(
  prefix: string,
  section: Readonly<Record<string, T>> | undefined,
  nodeOf: (value: T) => Node,
): Generator<[string, Node]> {
  for (const [name, value] of Object.entries(section ?? {})) yield [`${prefix}.${name}`, nodeOf(value)];
}

function* resourceNodes(
  kind: 'managed' | 'data',
  section: SynthesizedStack['resource'],
): Generator<[string, Node]> {
  for (const [type, byName] of Object.entries(section ?? {})) {
    yield* nodes(kind === 'data' ? `data.${type}` : type, byName, (body): Node => ({ kind, type, body }));
  }
}

type Body = Readonly<Record<string, unknown>>;

/** What orders and protects changes of a deployed system; a local run starts from nothing every time. */
const IGNORED = new Set(['//', 'depends_on', 'provider']);
const LIFECYCLE = new Set([
  'create_before_destroy',
  'ignore_changes',
  // It asks what AWS has answered.
  'postcondition',
  'precondition',
  'prevent_destroy',
  'replace_triggered_by',
]);
/** Would change which resources there are, or run commands. */
const REFUSED = new Set(['count', 'for_each', 'provisioner', 'connection']);

/**
 * The arguments of a resource without Terraform's own
 * (https://developer.hashicorp.com/terraform/language/meta-arguments).
 * @param provider the reference that every AWS resource has to name
 */
function withoutMetaArguments(address: string, body: Body, provider: string): Body {
  if (/^(data\.)?aws_/.test(address) && body.provider !== provider) {
    throw new UnsupportedError(`${address}.provider`, `is not the stack's own provider "${provider}"`);
  }
  const setting = Object.keys(lifecycleOf(body)).find((name) => !LIFECYCLE.has(name));
  if (setting !== undefined) {
    throw new UnsupportedError(`${address}.lifecycle.${setting}`, 'not emulated');
  }
  const refused = Object.keys(body).find((argument) => REFUSED.has(argument));
  if (refused !== undefined) throw new UnsupportedError(`${address}.${refused}`, 'not emulated');
  return Object.fromEntries(
    Object.entries(body).filter(
      ([argument, value]) => value !== null && argument !== 'lifecycle' && !IGNORED.has(argument),
    ),
  );
}

/**
 * Checks a resource's preconditions as `terraform plan` would.
 * @param evaluate resolves a value of the stack; the second argument is its place, for errors
 * @throws Error with the precondition's own message
 */
function checkPreconditions(
  address: string,
  body: Body,
  evaluate: (value: unknown, where: string) => unknown,
): void {
  const where = `${address}.lifecycle`;
  for (const precondition of blocks({ address: where, values: lifecycleOf(body) }, 'precondition')) {
    const values = evaluate(precondition.values, precondition.address) as Body;
    if (flag({ ...precondition, values }, 'condition')) continue;
    throw new Error(`${precondition.address}: ${text({ ...precondition, values }, 'error_message')}`);
  }
}

const lifecycleOf = (body: Body): Body =>
  optionalBlock({ address: 'lifecycle', values: body }, 'lifecycle')?.values ?? {};
