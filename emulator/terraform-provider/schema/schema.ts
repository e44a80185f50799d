/** A type in Terraform's own JSON form, e.g. `["list","string"]`. */
export type TerraformType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', TerraformType]
  | readonly ['object', Readonly<Record<string, TerraformType>>];

export interface Attribute {
  readonly type: TerraformType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}

export interface NestedBlock {
  readonly nesting: 'SINGLE' | 'LIST' | 'SET';
  readonly minItems: number;
  /** 0 is no limit. */
  readonly maxItems: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks: Readonly<Record<string, NestedBlock>>;
}

/** As the plugin protocol has it. */
export const toProtocol = (block: Block, sensitive: readonly string[] = []): object => ({
  version: 0,
  block: protocolBlock(block, sensitive),
});

const protocolBlock = (block: Block, sensitive: readonly string[]): object => ({
  attributes: Object.entries(block.attributes).map(([name, { type, ...kind }]) => ({
    name,
    type: Buffer.from(JSON.stringify(type)),
    ...kind,
    sensitive: sensitive.includes(name),
  })),
  blockTypes: Object.entries(block.blocks).map(([typeName, nested]) => ({
    typeName,
    ...nested,
    block: protocolBlock(nested.block, []),
  })),
});
