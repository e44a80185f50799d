import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import { CommandError } from '../../command/errors';
import { agree, untilInterrupted } from '../../command/interruption';

const INTERRUPTED = { name: 'CommandError', message: 'Interrupted. Nothing was done.', exitCode: 130 };

describe('a command that waits', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with what becomes of what was begun when %s ends it, and listens no longer',
    async (name) => {
      const before = process.listenerCount(name);
      const waiting = untilInterrupted('Nothing was done.', async (signal) => {
        process.emit(name);
        expect(process.listenerCount(name)).toBe(before);
        return Promise.reject(signal.reason as Error);
      });
      await expect(waiting).rejects.toMatchObject(INTERRUPTED);
    },
  );

  it('ends in the same way when the prompt of a terminal takes Ctrl-C', async () => {
    const input = new PassThrough();
    const terminal = createInterface({ input, output: new PassThrough(), terminal: true });
    const asked = untilInterrupted('Nothing was done.', () => terminal.question('Go on?'));
    input.write('\u0003');
    await expect(asked).rejects.toMatchObject(INTERRUPTED);
  });

  it('ends with a failure of its own where it has one', async () => {
    const failed = untilInterrupted('Nothing was done.', () => Promise.reject(new CommandError('Too late.')));
    await expect(failed).rejects.toMatchObject({ message: 'Too late.', exitCode: 1 });
  });
});

it.each([
  [undefined, 'Nothing was changed. --yes goes on without asking.'],
  ['Ask at a terminal.', 'Nothing was changed. Ask at a terminal.'],
])('without a terminal nobody agrees, and is told how it is done: %s', async (instead, message) => {
  const { isTTY } = process.stdin;
  process.stdin.isTTY = false;
  await expect(agree('Change it?', false, 'Nothing was changed.', instead)).rejects.toThrow(message);
  process.stdin.isTTY = isTTY;
});
