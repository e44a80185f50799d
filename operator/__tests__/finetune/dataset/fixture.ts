import { tunableModel, type TunableModel } from '../../../../contract/tunable-models';
import { checkDataset, type CheckOptions } from '../../../finetune/dataset/check-dataset';
import type { DatasetReport } from '../../../finetune/dataset/dataset-report';

export interface Conversation {
  schemaVersion: string;
  system?: { text: string }[];
  messages: { role: string; content: { text: string }[] }[];
}

/** A right record; the number makes it different from others. */
export const conversation = (number = 1): Conversation => ({
  schemaVersion: 'bedrock-conversation-2024',
  system: [{ text: 'You answer customers.' }],
  messages: [
    { role: 'user', content: [{ text: `Where is order ${number}?` }] },
    { role: 'assistant', content: [{ text: `Order ${number} is on its way.` }] },
  ],
});

/** Right lines of JSON, without their ends. */
export const conversations = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify(conversation(index + 1)));

export async function* streamOf(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Promise.resolve(Buffer.from(chunk as string));
}

export const checkText = (text: string | Buffer, options: CheckOptions = {}): Promise<DatasetReport> =>
  checkDataset(streamOf(text), options);

/** @throws Error where Bedrock does not tune it */
export function model(id: string): TunableModel {
  const found = tunableModel(id);
  if (!found) throw new Error(`${id} is not tunable.`);
  return found;
}
