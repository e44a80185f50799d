/** What an authoritative server makes of a question. */
export type Verdict = 'answer' | 'no data' | 'no such name' | 'refused';

/** RFC 1035's types of records, as far as they are told apart here. */
export type QuestionType = 'A' | 'SOA' | 'other';

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
