import type { Problem, ProblemKind } from '../problem';

/** What was found in one record, while it is read. */
export class Findings {
  readonly problems: Problem[] = [];
  private readonly content: string[] = [];
  private length = 0;

  constructor(private readonly line: number) {}

  add(kind: ProblemKind, path: string, detail: string): void {
    this.problems.push({ kind, line: this.line, path, detail });
  }

  /** @param part whose text it is: it tells records apart that have the same texts in other places */
  addText(part: string, text: string): void {
    this.content.push(part, text);
    this.length += text.length;
  }

  /** UTF-16 code units of all texts. */
  get characters(): number {
    return this.length;
  }

  /** The same for records that train the same, whatever their white space and order of fields. */
  get trainedContent(): string {
    return this.content.join('\0');
  }
}
