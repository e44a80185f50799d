import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error';

/**
 * Reads a request's body.
 * @throws AwsError 413 once it is longer than `maxBytes`
 */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    // The rest is read and dropped: a client still writing would never see the answer.
    if (length <= maxBytes) chunks.push(chunk);
  }
  if (length > maxBytes) {
    throw new AwsError(
      413,
      'RequestEntityTooLargeException',
      `The request body of ${length} bytes is larger than the maximum of ${maxBytes} bytes.`,
    );
  }
  return Buffer.concat(chunks);
}

/**
 * Parses a JSON body.
 * @throws AwsError 400 SerializationException
 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError(400, 'SerializationException', 'The request body is not valid JSON.');
  }
}
