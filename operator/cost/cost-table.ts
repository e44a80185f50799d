import { ASSUMED, sum, times, total, type MonthlyCost, type Use } from './monthly-cost';
import { PRICE_DATE, PRICES } from './prices';
import { counted } from '../command/words';

const exact = (value: number): string => value.toFixed(2);

/** In a table, nothing is a dash. */
const usd = (value: number): string => (value < 0.005 && value > -0.005 ? '–' : exact(value));

/** The head of the table, and its rows: services, and the sum at last. */
export function costTable(
  { regions, byUse }: MonthlyCost,
  { requests }: Use,
): readonly (readonly string[])[] {
  const stacks = regions.filter(({ standing }) => total(standing) > 0);
  const bills = [...stacks.map(({ standing }) => standing), byUse];
  const services = Object.keys(sum(...bills)).filter((service) =>
    bills.some((each) => (each[service] ?? 0) > 0),
  );
  const inOrder = services.toSorted((one, other) => total(pick(bills, other)) - total(pick(bills, one)));
  const row = (name: string, of: (bill: (typeof bills)[number]) => number) => [
    name,
    ...bills.map((bill) => usd(of(bill))),
    usd(bills.reduce((all, bill) => all + of(bill), 0)),
  ];
  return [
    [
      'service',
      ...stacks.map(({ stack, region }) => `${stack}, ${region}`),
      counted(requests, 'request'),
      'all',
    ],
    ...inOrder.map((service) => row(service, (bill) => bill[service] ?? 0)),
    row('all', total),
  ];
}

const pick = (bills: readonly Readonly<Record<string, number>>[], service: string) =>
  Object.fromEntries(bills.map((bill, index) => [String(index), bill[service] ?? 0]));

/** Before the first request, in all stacks. */
export const standingUsd = ({ regions }: MonthlyCost): number =>
  regions.reduce((all, { standing }) => all + total(standing), 0);

const HOURS_A_MONTH = 720;

/** What it costs when something is not as it should be, each in a sentence. */
export function troubleLines(cost: MonthlyCost, use: Use): readonly string[] {
  const { ofOne, byUse, regions } = cost;
  const anHour = use.requests / HOURS_A_MONTH;
  const percent = (total(ofOne.fallback) - total(ofOne.primary)) * use.requests * 0.01;
  const secondary = regions.find(({ stack }) => stack === 'secondary');
  const asked = anHour * ASSUMED.askedAgain;
  const outage = total(times(ofOne.degraded, asked)) - total(byUse) / HOURS_A_MONTH;
  return [
    `Fallbacks: each 1 % of the requests that the fallback model answers changes the month by ${signed(percent)} USD.`,
    `The standby costs ${exact(secondary === undefined ? 0 : total(secondary.standing))} USD a month, whether it serves or not.`,
    `A failover: what is by use, ${exact(total(byUse) / HOURS_A_MONTH)} USD an hour, is paid in the other region instead; nothing comes on top.`,
    `An outage of all models: an hour costs ${exact(total(times(ofOne.degraded, asked)))} USD by use, with each caller asking ${ASSUMED.askedAgain} times: ${signed(outage)} against an hour that is well.`,
  ];
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

export function assumptionLines(): readonly string[] {
  const assumed = Object.values(PRICES).filter(({ basis }) => basis === 'assumed').length;
  return [
    `List prices of us-east-1 on ${PRICE_DATE}, for all regions, without free tiers, discounts and taxes: ${assumed} of ${Object.keys(PRICES).length} are assumed, the others reported by the public (operator/cost/prices.json has each with its source; Bedrock's: operator/benchmark/prices.json).`,
    `Assumed: a model answers in ${ASSUMED.modelSeconds} s and fails in ${ASSUMED.failureSeconds}, ${ASSUMED.attempts} times; an answer is ${ASSUMED.answerLogBytes} bytes of log; a failed call of a model costs no tokens. Left out: conversations, streams, guardrails, storage and transfer, which are by use, and little.`,
  ];
}
