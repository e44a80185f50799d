interface KindOfProblem {
  /** Of an error a job fails; with a warning it may train, or AWS's documents and its validator differ on it. */
  readonly severity: 'error' | 'warning';
  /** What to do about it. */
  readonly advice: string;
}

const error = (advice: string) => ({ severity: 'error', advice }) as const;
const warning = (advice: string) => ({ severity: 'warning', advice }) as const;

const CONVERT = 'npm run assistant -- finetune convert FILE --out NEW.jsonl';
const convertible = error(`Turn it into what the model takes: ${CONVERT}`);

/** What may be wrong with a dataset, and what to do about it. */
export const KINDS = {
  gzip: convertible,
  'utf-16': convertible,
  'json-array': convertible,
  'pretty-printed-json': convertible,
  csv: convertible,
  'csv-columns': error('Call the columns of question and answer prompt and completion, and convert it.'),
  'wrapped-list': error(
    'Take the records out of it: jq -c ".LIST[]" FILE > NEW.jsonl, with the list’s own name.',
  ),
  'utf-32': error('Save the file as UTF-8.'),
  compressed: error('Unpack it (zstd -d, bunzip2, unxz, 7z x), and name the file inside.'),
  'git-lfs-pointer': error('Fetch the file that it stands for: git lfs pull.'),
  'zip-archive': error('Unpack it, and name the file inside (a spreadsheet: save it as CSV).'),
  parquet: error('Export it as JSON Lines, e.g. by pandas: to_json(…, orient="records", lines=True).'),

  'openai-chat': convertible,
  'anthropic-messages': convertible,
  sharegpt: convertible,
  alpaca: convertible,
  'gemini-contents': convertible,
  'other-pair': convertible,
  'other-format': error(`Convert it (${CONVERT}), or choose a base model that is tuned on this format.`),
  'preference-pairs': error(
    'Fine-tuning learns from one answer: keep the preferred one of each pair, as {"prompt", "completion"}.',
  ),
  'labelled-answers': error(
    'Fine-tuning learns from every answer: keep the good ones alone, and remove the label.',
  ),
  'model-request': error(
    'Make a record of each: what was asked, and what a good answer to it is, not what was said.',
  ),
  'plain-text': error('Text alone is for continued pre-training: make a question and an answer of it.'),
  'cannot-convert': error(
    'Remove what is named (a field of all records: convert --drop FIELD), or the record, and convert again.',
  ),

  'byte-order-mark': warning(`AWS's own validator stops at it: save without one, or ${CONVERT}`),
  'carriage-return': warning('Lines may end with \\r\\n; \\n alone is what AWS documents.'),
  'blank-line': error('Remove the line: every line has to hold a record.'),
  'line-too-long': error('Shorten the record or split it: no model takes one of this length.'),
  'invalid-utf8': error('Save the file as UTF-8.'),
  'invalid-json': error(
    'Write one complete JSON object on one line; quotes and newlines in a text are escaped.',
  ),
  'duplicate-key': error('Keep one of the two: which of them is read is up to the reader.'),
  'wrong-type': error('Write the value as the format asks.'),
  'missing-field': error('Add the field.'),
  'unknown-field': warning('Remove the field, or correct its name: Bedrock does not read it.'),
  'empty-list': error('Add an entry; an optional list may be left out.'),
  'empty-text': error('Fill the text in, or remove the record.'),
  'blank-text': warning('It has white space alone: fill it in, or remove the record.'),
  'lone-surrogate': error('Half of a character (\\ud800 to \\udfff) is no text: write the whole one.'),
  'nul-character': error('Remove the NUL (\\u0000): no text has one.'),
  'role-order': error('Begin with the user, take turns, end with the assistant.'),
  'wrong-place': error('Move it to the turn or the block that may have it.'),
  'unsupported-content': error('Remove it, or choose a base model that is tuned on it.'),
  'media-content': warning(
    'Bedrock reads it from S3, where the training role may: put it under train/ yourself. It is not counted here.',
  ),
  'tool-content': warning(
    'AWS’s validator takes tools; Bedrock’s guide says that a job with them might fail. Try with few records.',
  ),
  'unknown-tool': error('Name a tool of toolConfig, and an earlier toolUse, each once.'),
  'reserved-word': error('Replace the word: a job fails on it.'),
  'reserved-by-validator': warning(
    'AWS’s validator refuses the word, its guide does not name it: replace it.',
  ),
  'record-too-long': error('Shorten the record, or choose a base model with a longer context.'),
  'perhaps-too-long': warning('Shorten the record: only Bedrock counts its tokens exactly.'),
  duplicate: warning('Remove the copy: what stands twice is learnt twice.'),
  'too-few-records': error('Add records.'),
  'too-many-records': error('Remove records, or choose another base model.'),
  'empty-validation-set': error('Raise --validation-share, or add records.'),
} as const satisfies Record<string, KindOfProblem>;

export type ProblemKind = keyof typeof KINDS;

/** Where and what. Never holds a text of the dataset: paths, lengths and reserved words alone. */
export interface Problem {
  readonly kind: ProblemKind;
  /** 1 for the first; 0 where the whole file is at fault. */
  readonly line: number;
  /** The field, e.g. `messages[1].content[0].text`; `$` for the whole record, or the whole line. */
  readonly path: string;
  readonly detail: string;
}

export const isError = ({ kind }: Problem): boolean => KINDS[kind].severity === 'error';

/** Problems of one severity. */
export interface Found {
  readonly total: number;
  readonly byKind: Readonly<Partial<Record<ProblemKind, number>>>;
  /** The first of each kind, by line, at most as many as asked for. */
  readonly listed: readonly Problem[];
}

/** Counts all problems and keeps the first of each kind: memory is bounded by kinds, not by the file. */
export class ProblemLog {
  private readonly counts = new Map<ProblemKind, number>();
  private readonly kept = new Map<ProblemKind, Problem[]>();

  /** @param maxListed how many of each severity are listed at most */
  constructor(private readonly maxListed: number) {}

  add(problem: Problem): void {
    const { kind } = problem;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const kept = this.kept.get(kind);
    if (!kept) this.kept.set(kind, [problem]);
    else if (kept.length < this.maxListed) kept.push(problem);
  }

  /** Those that a job fails on. */
  get errors(): Found {
    return this.found('error');
  }

  get warnings(): Found {
    return this.found('warning');
  }

  private found(severity: KindOfProblem['severity']): Found {
    const counts = [...this.counts].filter(([kind]) => KINDS[kind].severity === severity);
    return {
      total: counts.reduce((sum, [, count]) => sum + count, 0),
      byKind: Object.fromEntries(counts),
      listed: this.listed(counts.map(([kind]) => this.kept.get(kind) ?? [])),
    };
  }

  /** By line. Kinds take turns, so that a frequent one does not hide a rare one. */
  private listed(queues: readonly (readonly Problem[])[]): readonly Problem[] {
    const chosen: Problem[] = [];
    for (let round = 0; round < this.maxListed; round += 1) {
      for (const problem of queues.flatMap((queue) => queue.slice(round, round + 1))) {
        if (chosen.length < this.maxListed) chosen.push(problem);
      }
    }
    return chosen.sort((one, other) => one.line - other.line);
  }
}
