const SENTENCE = 'The invoice of order NNNNNNNN was paid on time and the parcel is on its way to you. ';

/** About a kilobyte a line, as customers' conversations have. */
const SENTENCES_A_TURN = 5;

/** Lines made at once: large enough to be no burden of its own, small enough not to show in memory. */
const LINES_A_CHUNK = 256;

/**
 * Different conversations of about 1 KB each, made on the fly, so that a file of any size needs no disk.
 * @param totalBytes after which no further chunk is made
 */
export function* syntheticDataset(totalBytes: number): Generator<Buffer> {
  let record = 0;
  for (let bytes = 0; bytes < totalBytes;) {
    let chunk = '';
    for (let line = 0; line < LINES_A_CHUNK; line += 1) chunk += `${conversation((record += 1))}\n`;
    const encoded = Buffer.from(chunk);
    bytes += encoded.length;
    yield encoded;
  }
}

function conversation(record: number): string {
  const text = SENTENCE.replace('NNNNNNNN', String(record).padStart(8, '0')).repeat(SENTENCES_A_TURN);
  return JSON.stringify({
    schemaVersion: 'bedrock-conversation-2024',
    system: [{ text: 'You answer customers of a shop.' }],
    messages: [
      { role: 'user', content: [{ text }] },
      { role: 'assistant', content: [{ text }] },
    ],
  });
}
