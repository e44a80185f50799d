import type { Values } from '../../protocol/values';
import type { Account } from '../account';
import { Refusal } from '../refusal';

/** Limits and belongings of an account that its owner, not a stack, decides. */
export interface AccountSettings {
  /** Lambda's quota of concurrent executions in each region. */
  readonly concurrentExecutions: number;
  /** Names of hosted zones by their ids. */
  readonly hostedZones: Readonly<Record<string, string>>;
  /** Whether something lies in each bucket. @default false */
  readonly bucketsHaveObjects?: boolean;
  /** Regions whose AppConfig has hosted configuration versions that no stack has made. @default none */
  readonly versionsOfOperators?: readonly string[];
  /** Names of SageMaker's model package groups that have packages. @default none */
  readonly groupsWithPackages?: readonly string[];
}

export interface Context {
  readonly account: Account;
  readonly settings: AccountSettings;
  readonly region: string;
  /** The first resource with that value; where `region` is left out, in the region of the one at hand. */
  readonly find: (type: string, attribute: string, value: unknown, region?: string) => Values | undefined;
}

/** How AWS treats a type of resource beyond keeping what it is told. */
export interface Rule {
  /** Arguments of which no two may have the same values, and what the second is told. */
  readonly unique?: { readonly by: readonly string[]; readonly refusal: (values: Values) => Refusal };
  /** Arguments that must name what exists. */
  readonly needs?: readonly Need[];
  /** @throws Refusal */
  readonly beforeChange?: (values: Values, context: Context) => void;
  /** @throws Refusal */
  readonly beforeCreate?: (values: Values, context: Context) => void;
  /** @throws Refusal, with the resource saved, where a second call is needed to make it whole */
  readonly afterChange?: (values: Values, context: Context) => void;
  /** Takes along what goes with it. @throws Refusal where others still use it */
  readonly beforeDelete?: (values: Values, context: Context) => void;
  /** Attributes that AWS makes up, and the emulator's own reading of a stack does not know. */
  readonly computed?: (values: Values, context: Context) => Values;
  /** Attributes that it makes up anew at such a change. */
  readonly recomputed?: (prior: Values, planned: Values) => readonly string[];
  /** What it reports, where that is more than it was told. */
  readonly reported?: (values: Values) => Values;
}

export type Rules = Readonly<Record<string, Rule>>;

interface Need {
  readonly argument: string;
  readonly type: string;
  readonly attribute: string;
  readonly code: string;
  readonly message: string;
}

export const need = (
  argument: string,
  [type = '', attribute = '']: readonly string[],
  code: string,
  message: string,
): Need => ({ argument, type, attribute, code, message });

/** Refuses as long as a resource of that type refers to this one. */
export function refuseWhileUsed(
  { account, region }: Context,
  type: string,
  refers: (user: Values) => boolean,
  refusal: (user: Values) => Refusal,
): void {
  const user = account
    .all(type)
    .find((each) => [region, 'global'].includes(each.region) && refers(each.values));
  if (user !== undefined) throw refusal(user.values);
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A nested block that stands at most once. */
export const only = (value: unknown): Values => (list(value)[0] ?? {}) as Values;
