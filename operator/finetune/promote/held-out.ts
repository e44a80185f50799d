import { describeError } from '../../command/errors';
import { counted } from '../../command/words';
import type { Question } from '../../benchmark/questions/read-questions';
import { recordsOf } from '../dataset/convert-records';
import { isError } from '../dataset/problem';
import { isObject } from '../dataset/record/fields';
import { keyOf, readObject } from '../job/training-data';
import type { TunedModel } from '../serve/tuned-model';
import type { Target } from '../target/target';

/** Characters of a text that is in another one as a whole and hardly by chance. */
const MIN_INSIDE = 12;

/** Words alone, each between blanks: neither punctuation nor capitals make another question. */
const wordsOf = (text: string): string =>
  ` ${(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  ).join(' ')} `;

/**
 * Which questions are said in training data. Llama's prompts hold what the system says, too, and a customer greets
 * before he asks: one text that holds the other is the same question, and so is one that is a paragraph of the other.
 */
export class TrainedQuestions {
  readonly ids = new Set<string>();
  private readonly asked: readonly { readonly id: string; readonly words: string }[];

  constructor(questions: readonly Pick<Question, 'id' | 'question'>[]) {
    this.asked = questions.map(({ id, question }) => ({ id, words: wordsOf(question) }));
  }

  addRecord(record: unknown): void {
    for (const prompt of promptsOf(record)) {
      const said = wordsOf(prompt);
      const paragraphs = prompt.split(/\n\s*\n/).map(wordsOf);
      for (const { id, words } of this.asked)
        if (paragraphs.includes(words) || isInside(words, said) || isInside(said, words)) this.ids.add(id);
    }
  }
}

const isInside = (part: string, whole: string): boolean =>
  part === whole || (part.trim().length >= MIN_INSIDE && whole.includes(part));

/** What users say in a record. */
function promptsOf(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const messages: readonly unknown[] = Array.isArray(value.messages) ? value.messages : [];
  const said = messages.flatMap((message) =>
    isObject(message) && message.role === 'user' && Array.isArray(message.content)
      ? message.content.map((block: unknown) => (isObject(block) ? block.text : undefined))
      : [],
  );
  return [value.prompt, ...said].filter((text) => typeof text === 'string');
}

/** @returns ids of the questions that the model was trained on, and why that is not known of others */
export async function trainedOn(
  target: Pick<Target, 's3' | 'bucket'>,
  { details }: Pick<TunedModel, 'details'>,
  questions: readonly Question[],
): Promise<{ readonly ids: readonly string[]; readonly unknown: string | null }> {
  const trained = new TrainedQuestions(questions);
  let unread = 0;
  try {
    const uri = details.trainingDataConfig?.s3Uri ?? '';
    const source = await readObject(target, keyOf(uri, target.bucket));
    const records = recordsOf(source as AsyncIterable<Buffer>, (problem) => {
      if (isError(problem)) unread += 1;
    });
    for await (const { value } of records) trained.addRecord(value);
  } catch (error) {
    return { ids: [...trained.ids], unknown: describeError(error) };
  }
  return {
    ids: [...trained.ids],
    unknown: unread === 0 ? null : `${counted(unread, 'record')} of the training data cannot be read.`,
  };
}
