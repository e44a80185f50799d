import { RESOURCE_TYPES } from '../../stack/resource-types';
import { readBinding } from './bindings';
import lifecycle from './lifecycle.json';
import { toProtocol, type Block } from './schema';

/** What is known of a resource type beyond its schema. */
interface Lifecycle {
  /** Paths of arguments whose change replaces the resource, e.g. `name` or `import_table.s3_bucket_source`. */
  readonly forceNew: readonly string[];
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly sensitive?: readonly string[];
}

export interface ResourceSchema extends Lifecycle {
  readonly block: Block;
}

const LIFECYCLES: Readonly<Record<string, Lifecycle>> = lifecycle.types;
/** The only version of the provider that the data are for. */
const PROVIDER_VERSION = lifecycle.provider.replace(/^.* /, '');
const DATA = 'data.';

/** The schema of the provider hashicorp/aws, as far as its types are known here. */
export class ProviderSchema {
  readonly resources: ReadonlyMap<string, ResourceSchema>;
  readonly dataSources: ReadonlyMap<string, Block>;
  readonly provider: Block;

  /**
   * @param bindings the package that CDKTF generated for the provider, e.g. node_modules/@cdktf/provider-aws
   * @throws Error where the bindings are of another version of the provider
   */
  constructor(private readonly bindings: string) {
    this.provider = this.read('provider');
    this.resources = new Map(
      Object.entries(LIFECYCLES).map(([type, known]) => [
        type,
        { ...known, block: this.read(bindingOf(type)) },
      ]),
    );
    this.dataSources = new Map(
      Object.keys(RESOURCE_TYPES)
        .filter((type) => type.startsWith(DATA))
        .map((type) => type.slice(DATA.length))
        .map((type) => [type, this.read(`data-aws-${bindingOf(type)}`)]),
    );
  }

  toProtocol(): object {
    const all = <T>(types: ReadonlyMap<string, T>, map: (type: T) => object) =>
      Object.fromEntries([...types].map(([name, type]) => [name, map(type)]));
    return {
      provider: toProtocol(this.provider),
      resourceSchemas: all(this.resources, ({ block, sensitive }) => toProtocol(block, sensitive)),
      dataSourceSchemas: all(this.dataSources, (block) => toProtocol(block)),
    };
  }

  private read(name: string): Block {
    const { version, block } = readBinding(this.bindings, name);
    if (name !== 'provider' && version !== PROVIDER_VERSION) {
      throw new Error(
        `${this.bindings} is generated for hashicorp/aws ${version ?? 'of no version'}, and what is known of its ` +
          `types (schema/lifecycle.json) is of ${PROVIDER_VERSION}: check it against the other version first.`,
      );
    }
    return block;
  }
}

const bindingOf = (type: string) => type.replace(/^aws_/, '').replaceAll('_', '-');
