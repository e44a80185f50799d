import type { Addressed } from '../values';

/** An argument that may be written out, but only with the value that asks for nothing. */
export class Only {
  constructor(readonly value: string | number | boolean) {}
}

/** How the local run treats an argument; a nested block is treated argument by argument. */
type Handling = 'emulated' | 'no local meaning' | Only | Arguments;
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

/** One Terraform type that the local run can read. */
export interface ResourceType {
  /** Others may refer to it, but no service here does anything with it: the start lists it as not emulated. */
  readonly readOnly?: true;
  readonly arguments: Arguments;
  /** Lifecycle preconditions are Terraform's to check, and stop a local start, too, unless this says otherwise. */
  readonly ignoresPreconditions?: true;
  /** The attributes that AWS computes, from the resolved arguments. */
  readonly computed: (of: Addressed, placement: Placement) => Readonly<Record<string, unknown>>;
}

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

const treated = (handling: Handling, names: readonly string[]): Arguments =>
  Object.fromEntries(names.map((name) => [name, handling]));

/** Arguments that decide what the local run does. */
export const emulated = (...names: readonly string[]): Arguments => treated('emulated', names);

/** Arguments that change nothing a caller of the local run could notice: descriptions, logging, tracing, ... */
export const noLocalMeaning = (...names: readonly string[]): Arguments => treated('no local meaning', names);
