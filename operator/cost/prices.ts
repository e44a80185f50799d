import file from './prices.json';

/** What AWS bills, by its name in prices.json; Bedrock's tokens are in the benchmark's price file. */
export type PriceName = keyof typeof file.prices;

interface ListPrice {
  /** Of one `unit`, in us-east-1. */
  readonly usd: number;
  readonly unit: string;
  readonly source: string;
  /** `reported`: read somewhere on the day of the file; `assumed`: believed until somebody compares it with AWS's own page. */
  readonly basis: string;
}

export const PRICE_DATE = file.date;
export const PRICES: Readonly<Record<PriceName, ListPrice>> = file.prices;

/** How many of what is counted a price is for. */
const perUnit = ({ unit }: ListPrice): number => (unit.startsWith('a million ') ? 1_000_000 : 1);

export const usdFor = (name: PriceName, quantity: number): number =>
  (PRICES[name].usd * quantity) / perUnit(PRICES[name]);
