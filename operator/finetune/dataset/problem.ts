/** What may be wrong with a dataset, and what to do about it. */
export const ADVICE = {
  'byte-order-mark': 'Save the file as UTF-8 without a byte order mark.',
  'carriage-return': 'End lines with \\n alone (e.g. dos2unix).',
  'blank-line': 'Remove the line: every line has to hold a record.',
  'line-too-long': 'Shorten the record or split it: no model takes one of this length.',
  'invalid-utf8': 'Save the file as UTF-8.',
  'invalid-json': 'Write one complete JSON object on one line; quotes and newlines in a text are escaped.',
  'other-format': 'Convert the record, or choose a base model that is tuned on this format.',
  'wrong-type': 'Write the value as the format asks.',
  'missing-field': 'Add the field.',
  'unknown-field': 'Remove the field, or correct its name: Bedrock does not read it.',
  'wrong-schema-version': 'Write "bedrock-conversation-2024".',
  'empty-list': 'Add an entry; an optional list may be left out.',
  'empty-text': 'Fill the text in, or remove the record.',
  'role-order': 'Begin with the user, take turns, end with the assistant.',
  'unsupported-content': 'Use text alone: images, videos, documents and tools are not tuned here.',
  'reserved-word': 'Replace the word: a job fails on it.',
  'record-too-long': 'Shorten the record, or choose a base model with a longer context.',
  duplicate: 'Remove the copy: what stands twice is learnt twice.',
  'too-few-records': 'Add records.',
  'too-many-records': 'Remove records, or choose another base model.',
  'empty-validation-set': 'Raise --validation-share, or add records.',
} as const;

export type ProblemKind = keyof typeof ADVICE;

/** What trains nevertheless: these alone a caller may allow. */
export const ALLOWABLE = ['carriage-return', 'unknown-field', 'duplicate'] as const satisfies ProblemKind[];

export type AllowableKind = (typeof ALLOWABLE)[number];

/** Where and what. Never holds a text of the dataset: paths, lengths and reserved words alone. */
export interface Problem {
  readonly kind: ProblemKind;
  /** 1 for the first; 0 where the whole file is at fault. */
  readonly line: number;
  /** The field, e.g. `messages[1].content[0].text`; `$` for the whole record, or the whole line. */
  readonly path: string;
  readonly detail: string;
}

export type Counts = Readonly<Partial<Record<ProblemKind, number>>>;

/** Counts all problems and keeps the first of each kind: memory is bounded by kinds, not by the file. */
export class ProblemLog {
  private readonly counts = new Map<ProblemKind, number>();
  private readonly kept = new Map<ProblemKind, Problem[]>();

  /**
   * @param maxListed how many `listed()` gives at most
   * @param allowed kinds that are counted apart
   */
  constructor(
    private readonly maxListed: number,
    private readonly allowed: readonly AllowableKind[] = [],
  ) {}

  add(problem: Problem): void {
    const { kind } = problem;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const kept = this.kept.get(kind);
    if (!kept) this.kept.set(kind, [problem]);
    else if (kept.length < this.maxListed) kept.push(problem);
  }

  /** Counts by kind, without what is allowed. */
  get found(): Counts {
    return this.countsWhere((kind) => !this.isAllowed(kind));
  }

  /** Counts by kind of what is allowed. */
  get tolerated(): Counts {
    return this.countsWhere((kind) => this.isAllowed(kind));
  }

  get total(): number {
    return Object.values(this.found).reduce((sum, count) => sum + count, 0);
  }

  /** The problems to show, by line. Kinds take turns, so that a frequent one does not hide a rare one. */
  listed(): readonly Problem[] {
    const queues = [...this.kept].filter(([kind]) => !this.isAllowed(kind)).map(([, problems]) => problems);
    const chosen: Problem[] = [];
    for (let round = 0; round < this.maxListed; round += 1) {
      for (const problem of queues.flatMap((queue) => queue.slice(round, round + 1))) {
        if (chosen.length < this.maxListed) chosen.push(problem);
      }
    }
    return chosen.sort((one, other) => one.line - other.line);
  }

  private isAllowed(kind: ProblemKind): boolean {
    return (this.allowed as readonly ProblemKind[]).includes(kind);
  }

  private countsWhere(wanted: (kind: ProblemKind) => boolean): Counts {
    return Object.fromEntries([...this.counts].filter(([kind]) => wanted(kind)));
  }
}
