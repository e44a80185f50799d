import { join } from 'node:path';
import { addressed, ROOT, type StackName, type synthesize } from '../../support/synthesize';

/** The state addresses of what is deployed as shipped: contract/state-addresses.json. */
export interface Ledger {
  /** Of both regions' stacks. */
  readonly regional: readonly string[];
  /** Of the primary's stack alone, each with the reason. */
  readonly onlyPrimary: Readonly<Record<string, string>>;
  readonly conversations: readonly string[];
  readonly mlops: readonly string[];
  /** What the regions' stacks have besides, with all that can be had by configuration. */
  readonly optional: readonly string[];
  /**
   * Of no stack any more, each with the reason why what was deployed under it may be destroyed. A type alone,
   * `aws_sqs_queue.*`, stands for all that was of it.
   */
  readonly gone: Readonly<Record<string, string>>;
}

/** What the app makes, as the ledger has it. */
export interface Synthesized {
  readonly addresses: Readonly<Record<StackName, readonly string[]>>;
  /** Of the regions, with all that can be had. */
  readonly withEverything: readonly string[];
  /** The former addresses of what `moved` blocks lead to addresses that are here. */
  readonly moved: readonly string[];
}

export const LEDGER_FILE = join(ROOT, 'contract', 'state-addresses.json');

type App = ReturnType<typeof synthesize>;

/** @param everything the app with all that can be had */
export function readSynthesized(app: App, everything = app): Synthesized {
  const managed = (name: StackName, of = app) =>
    addressed(of.stack(name))
      .map(([address]) => address)
      .filter((address) => !address.startsWith('data.'));
  const addresses = {
    primary: managed('primary'),
    secondary: managed('secondary'),
    conversations: managed('conversations'),
    mlops: managed('mlops'),
  } as const;
  const moved = [app, everything].flatMap((of) =>
    Object.keys(addresses).flatMap((name) => {
      const present = managed(name as StackName, of);
      return (of.stack(name as StackName).moved ?? []).filter(({ to }) => present.includes(to));
    }),
  );
  const withEverything = [...managed('primary', everything), ...managed('secondary', everything)];
  return { addresses, withEverything, moved: moved.map(({ from }) => from) };
}

/**
 * The ledger of what is synthesized now. What is new is entered, what is moved is let go, and what has gone asks
 * for a reason, which somebody has to write.
 */
export function updated(ledger: Ledger, { addresses, withEverything, moved }: Synthesized): Ledger {
  const { primary, secondary, conversations, mlops } = addresses;
  const shipped = new Set(Object.values(addresses).flat());
  const present = new Set([...shipped, ...withEverything]);
  const known = [
    ...ledger.regional,
    ...Object.keys(ledger.onlyPrimary),
    ...ledger.conversations,
    ...ledger.mlops,
    ...ledger.optional,
  ];
  const isReasoned = (address: string) => address.replace(/\.\w+$/, '.*') in ledger.gone;
  const left = known.filter((address) => !moved.includes(address) && !isReasoned(address));
  const reasoned = (list: readonly string[], reasons: Readonly<Record<string, string>>) =>
    Object.fromEntries([...new Set(list)].sort().map((address) => [address, reasons[address] ?? '']));
  return {
    regional: [...secondary].sort(),
    onlyPrimary: reasoned(
      primary.filter((address) => !secondary.includes(address)),
      ledger.onlyPrimary,
    ),
    conversations: [...conversations].sort(),
    mlops: [...mlops].sort(),
    optional: [...present].filter((address) => !shipped.has(address)).sort(),
    gone: reasoned(
      [...Object.keys(ledger.gone), ...left].filter((address) => !present.has(address)),
      ledger.gone,
    ),
  };
}

/** What has to be done before the ledger is true, in words. */
export function problems(ledger: Ledger, synthesized: Synthesized): readonly string[] {
  const next = updated(ledger, synthesized);
  const unreasoned = Object.entries({ ...next.onlyPrimary, ...next.gone }).filter(([, why]) => why === '');
  const isStale = JSON.stringify(next) !== JSON.stringify(ledger);
  return [
    ...unreasoned.map(([address]) =>
      address in next.gone
        ? `${address} has gone, and with it what is deployed under it would be destroyed. Was it renamed? ` +
          `Call moveFromId('${address}') on it. Else write into "gone" why it may go.`
        : `${address} is in the primary alone: write into "onlyPrimary" why.`,
    ),
    ...synthesized.addresses.secondary
      .filter((address) => !synthesized.addresses.primary.includes(address))
      .map((address) => `${address} is in the secondary alone.`),
    ...(isStale ? ['contract/state-addresses.json is not what is synthesized: npm run addresses'] : []),
  ];
}
