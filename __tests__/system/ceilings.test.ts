import { PORTS } from '@assistant/emulator';
import { hashOfKey } from '../../contract/callers';
import { JSON_TYPE, startSystem, type RunningSystem } from '../support/local-system';

const created = '2026-11-26';
const CALLERS = ['loud', 'quiet'] as const;
type Caller = (typeof CALLERS)[number];
const key = (caller: Caller) => `the-key-of-${caller}`;

/** Tokens of some ten answers of the stand-in. */
const TOKENS_PER_DAY = 900;

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem({
    callers: {
      mode: 'keys',
      keys: CALLERS.map((name) => ({ name, sha256: hashOfKey(key(name)), created })),
      limits: { tokensPerDay: 1_000_000 },
      limitsOf: { loud: { tokensPerDay: TOKENS_PER_DAY } },
    },
  });
}, 60_000);
afterAll(() => running.stop());

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: {
    readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
    readonly error?: { readonly code: string };
  };
}

async function ask(caller: Caller, at: keyof typeof PORTS = 'primary'): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${running.portBase + PORTS[at]}/`, {
    method: 'POST',
    headers: { ...JSON_TYPE, 'x-api-key': key(caller) },
    body: '{"question":"How much is it?"}',
  });
  return {
    status: response.status,
    retryAfter: Number(response.headers.get('retry-after')),
    body: (await response.json()) as Answer['body'],
  };
}

const tokensOf = ({ body: { usage } }: Answer) => (usage ? usage.inputTokens + usage.outputTokens : 0);

describe('a caller’s tokens of the day', () => {
  it('are counted in each region, and refused there until 00:00 UTC once they are spent', async () => {
    for (const region of ['primary', 'secondary'] as const) {
      let used = 0;
      while (used < TOKENS_PER_DAY) {
        const answer = await ask('loud', region);
        expect(answer.status).toBe(200);
        used += tokensOf(answer);
      }
      const refused = await ask('loud', region);
      expect(refused).toMatchObject({ status: 429, body: { error: { code: 'daily_tokens_spent' } } });
      const toMidnight = ((Date.UTC(2100, 0, 1) - Date.now()) / 1_000) % 86_400;
      expect(Math.abs(refused.retryAfter - toMidnight)).toBeLessThan(60);
      expect((await ask('quiet', region)).status).toBe(200);
    }
  }, 30_000);
});
