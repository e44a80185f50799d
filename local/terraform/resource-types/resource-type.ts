import type { Addressed } from '../values';

/** How the local run treats an argument; a nested block is treated argument by argument. */
export type Handling = 'acted out' | 'no local meaning' | Arguments;
export interface Arguments {
  readonly [argument: string]: Handling;
}

/** Where a resource stands, and what AWS would have made up for it. */
export interface Placement {
  readonly region: string;
  /** 12 digits */
  readonly account: string;
  /** Lower-case letters and digits, the same at every start: made of stack, address and purpose. */
  readonly id: (length: number, purpose?: string) => string;
  readonly uuid: () => string;
  /** A resource of the same stack that this one refers to, found by one of its values. */
  readonly find: (type: string, attribute: string, value: string) => Addressed | undefined;
}

/** One Terraform type that the local run acts out. */
export interface ResourceType {
  readonly arguments: Arguments;
  /** The attributes that AWS computes, from the resolved arguments. */
  readonly computed: (of: Addressed, placement: Placement) => Readonly<Record<string, unknown>>;
}

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

const treated = (handling: Handling, names: readonly string[]): Arguments =>
  Object.fromEntries(names.map((name) => [name, handling]));

/** Arguments that decide what the local run does. */
export const actedOut = (...names: readonly string[]): Arguments => treated('acted out', names);

/** Arguments that change nothing a caller of the local run could notice: descriptions, logging, tracing, ... */
export const noLocalMeaning = (...names: readonly string[]): Arguments => treated('no local meaning', names);
