import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const record = (question: string, answer: string) => ({
  schemaVersion: 'bedrock-conversation-2024',
  system: [{ text: 'You answer customers of a shop.' }],
  messages: [
    { role: 'user', content: [{ text: question }] },
    { role: 'assistant', content: [{ text: answer }] },
  ],
});

/** Conversations as Nova is trained with, on disk; a salt makes other content. */
export function datasetFile(records = 8, salt = '') {
  const folder = mkdtempSync(join(tmpdir(), 'finetune-'));
  const file = join(folder, 'dataset.jsonl');
  const lines = Array.from({ length: records }, (_, index) =>
    JSON.stringify(record(`Where is parcel ${index}${salt}?`, `Parcel ${index} is on its way.`)),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  return {
    file,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
