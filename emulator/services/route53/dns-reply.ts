import DNS from 'dns2';
import { normalName } from './address-records';

/** https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1 */
const RCODE = { 'no data': 0, answer: 0, FORMERR: 1, 'no such name': 3, NOTIMP: 4, refused: 5 } as const;

const OPCODE_QUERY = 0;

/** Route 53's default SOA record: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
const SOA_TTL_SECONDS = 900;
const SOA = {
  primary: 'ns-2048.awsdns-64.net',
  admin: 'awsdns-hostmaster.amazon.com',
  serial: 1,
  refresh: 7_200,
  retry: 900,
  expiration: 1_209_600,
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
export function dnsReply(query: DNS.Packet, authority: Authority): DNS.Packet {
  const reply = DNS.Packet.createResponseFromRequest(query);
  const [question, ...others] = query.questions;
  if (query.header.opcode !== OPCODE_QUERY) return withCode(reply, 'NOTIMP');
  if (question === undefined || others.length > 0) return withCode(reply, 'FORMERR');
  const name = normalName(question.name);
  const verdict = judge(name, question, authority.zone);
  if (verdict === 'refused') return withCode(reply, verdict);
  reply.header.aa = 1;
  if (verdict !== 'answer') {
    reply.authorities.push(soa(authority));
  } else if (question.type === DNS.Packet.TYPE.SOA) {
    reply.answers.push(soa(authority));
  } else {
    const { name: asked, type, class: inClass } = question;
    // The name as it was asked, since resolvers compare its case, too.
    reply.answers.push(resource({ name: asked, type, class: inClass, ...authority.resolve(name) }));
  }
  return withCode(reply, verdict);
}

function judge(name: string, { type, class: inClass }: DNS.Packet.Question, zone: Zone): Verdict {
  const { TYPE, CLASS } = DNS.Packet;
  if (inClass !== CLASS.IN) return 'refused';
  return zone.verdict(name, type === TYPE.A ? 'A' : type === TYPE.SOA ? 'SOA' : 'other');
}

const soa = ({ zone, speed }: Authority): DNS.Packet.Resource =>
  resource({
    name: zone.apex,
    type: DNS.Packet.TYPE.SOA,
    class: DNS.Packet.CLASS.IN,
    ttl: secondsAt(SOA_TTL_SECONDS, speed),
    ...SOA,
    minimum: secondsAt(SOA.minimum, speed),
  });

const resource = (record: Partial<DNS.Packet.Resource>) => new DNS.Packet.Resource(record);

/** A time to live in real seconds, which resolvers count in. */
export const secondsAt = (seconds: number, speed: number): number => Math.max(1, Math.round(seconds / speed));

function withCode(reply: DNS.Packet, code: keyof typeof RCODE): DNS.Packet {
  reply.header.rcode = RCODE[code];
  return reply;
}

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
