import { type Answer, AUTHORITATIVE_ANSWER, type Packet, RECURSION_DESIRED } from 'dns-packet';
import { normalName } from './address-records';

/** https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1 */
const RCODE = { 'no data': 0, answer: 0, FORMERR: 1, 'no such name': 3, NOTIMP: 4, refused: 5 } as const;

const OPCODE_QUERY = 0;
const OPCODE_SHIFT = 11;

/** Route 53's default SOA record: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
const SOA_TTL_SECONDS = 900;
const SOA = {
  mname: 'ns-2048.awsdns-64.net',
  rname: 'awsdns-hostmaster.amazon.com',
  serial: 1,
  refresh: 7_200,
  retry: 900,
  expire: 1_209_600,
  minimum: 86_400,
} as const;

/** An address with the seconds that a resolver may keep it. */
export interface Address {
  readonly address: string;
  readonly ttl: number;
}

interface Authority {
  readonly zone: Zone;
  /** @param name with A records in the zone */
  readonly resolve: (name: string) => Address;
  /** What Route 53's times to live are divided by; no answer's is below a second. */
  readonly speed: number;
}

/** What an authoritative server answers to one message. */
export function dnsReply({ id, flags = 0, questions = [] }: Packet, authority: Authority): Packet {
  const { zone, resolve } = authority;
  const reply = (
    code: keyof typeof RCODE,
    sections: Pick<Packet, 'answers' | 'authorities'> = {},
  ): Packet => ({
    type: 'response',
    id,
    flags: RCODE[code] | (flags & RECURSION_DESIRED) | (isAuthoritative(code) ? AUTHORITATIVE_ANSWER : 0),
    questions,
    ...sections,
  });
  if (((flags >> OPCODE_SHIFT) & 0xf) !== OPCODE_QUERY) return reply('NOTIMP');
  const [question, ...others] = questions;
  if (question === undefined || others.length > 0) return reply('FORMERR');
  const { name, type, class: inClass } = question;
  if (inClass !== 'IN') return reply('refused');
  const verdict = zone.verdict(normalName(name), type === 'A' || type === 'SOA' ? type : 'other');
  if (verdict === 'refused') return reply(verdict);
  if (verdict !== 'answer') return reply(verdict, { authorities: [soa(authority)] });
  if (type === 'SOA') return reply(verdict, { answers: [soa(authority)] });
  const { address, ttl } = resolve(normalName(name));
  // The name as it was asked, since resolvers compare its case, too.
  return reply(verdict, { answers: [{ type: 'A', name, ttl, data: address }] });
}

const isAuthoritative = (code: keyof typeof RCODE): boolean =>
  code === 'answer' || code === 'no data' || code === 'no such name';

const soa = ({ zone, speed }: Authority): Answer => ({
  type: 'SOA',
  name: zone.apex,
  ttl: secondsAt(SOA_TTL_SECONDS, speed),
  data: { ...SOA, minimum: secondsAt(SOA.minimum, speed) },
});

/** A time to live in real seconds, which resolvers count in. */
export const secondsAt = (seconds: number, speed: number): number => Math.max(1, Math.round(seconds / speed));

/** What an authoritative server makes of a question. */
type Verdict = 'answer' | 'no data' | 'no such name' | 'refused';

/** RFC 1035's types of records, as far as they are told apart here. */
type QuestionType = 'A' | 'SOA' | 'other';

/** The names of a hosted zone; all in lower case, without the final dot. */
export class Zone {
  /**
   * The longest domain that has all of the names in it. The synthesized system knows its zone by an id alone, so
   * that the real apex may be higher up.
   */
  readonly apex: string;

  /**
   * @param names that have records of any type
   * @param addresses those of them that have A records
   */
  constructor(
    private readonly names: ReadonlySet<string>,
    private readonly addresses: ReadonlySet<string>,
  ) {
    this.apex = commonDomain([...names]);
  }

  verdict(name: string, type: QuestionType): Verdict {
    if (!isWithin(name, this.apex)) return 'refused';
    if (type === 'A' && this.addresses.has(name)) return 'answer';
    if (type === 'SOA' && name === this.apex) return 'answer';
    const exists = name === this.apex || [...this.names].some((known) => isWithin(known, name));
    return exists ? 'no data' : 'no such name';
  }
}

const isWithin = (name: string, domain: string): boolean =>
  domain !== '' && (name === domain || name.endsWith(`.${domain}`));

function commonDomain(names: readonly string[]): string {
  const [labels, ...others] = names.map((name) => name.split('.').reverse());
  if (labels === undefined) return '';
  const differs = labels.findIndex((label, index) => others.some((other) => other[index] !== label));
  return (differs < 0 ? labels : labels.slice(0, differs)).reverse().join('.');
}
