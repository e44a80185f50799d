import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; only a plain `yes` is one. Without a terminal nobody has agreed. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} Type yes to go on: `, { signal })).trim() === 'yes';
  } finally {
    terminal.close();
  }
}
