import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../../constructs/config/read-config';
import { Remote } from '../remote';
import type { LiveHeap } from '../system/live-heap';
import { startLocalSystem } from '../system/local-system';
import { BODY } from '../system/question';
import { synthesize, withoutCeilings } from '../system/synthesize';
import type { Workspace } from '../workspace';
import type { ReadersMethods } from './main';

export interface StreamsPlan {
  readonly open: number;
  /** After each of them has ended once, and another has begun in its place. */
  readonly minutes: number;
}

/** What the emulator takes at a moment, with all that it runs. */
export interface Sample {
  /** Seconds after all were open. */
  readonly atSeconds: number;
  readonly memoryMb: number;
  /** Of one core, since the sample before. */
  readonly cpuShare: number;
  readonly open: number;
  readonly load: number;
}

export interface StreamsResult extends StreamsPlan {
  readonly answerSeconds: number;
  readonly begun: number;
  readonly whole: number;
  readonly deltas: number;
  readonly lost: readonly string[];
  /** Those count in which each stream has ended once: until then, there is less garbage than ever after. */
  readonly settledAfterSeconds: number;
  readonly samples: readonly Sample[];
  /** After the last of them: it takes all threads' time for many seconds. */
  readonly heap: LiveHeap;
}

/**
 * Within the shipped maxTokens, and the shipped time of a stream. Slow, since memory and losses are what is looked at:
 * a thousand models that speak as fast as real ones are more than the emulator's one thread can hand on.
 */
const ANSWER = { tokens: 70, tokensPerSecond: 1 };
const ANSWER_SECONDS = ANSWER.tokens / ANSWER.tokensPerSecond;
const SAMPLE_SECONDS = 20;
const SETTLED_AFTER_SECONDS = ANSWER_SECONDS + 40;

/** AWS's own quota, raised: streams take all of the 1,000 that an account begins with, and health and callers' keys need more. */
const OTHERS_CONCURRENCY = 200;

/** Many streams, open at once for minutes, through the whole local system. */
export async function runStreams(
  workspace: Workspace,
  plan: StreamsPlan,
  onProgress: (text: string) => void,
): Promise<StreamsResult> {
  const outDir = join(workspace.directory, 'streams');
  await synthesize(withoutCeilings(readConfig()), outDir);
  const modelsFile = join(workspace.directory, 'models.json');
  const fixed = (value: number) => ({ kind: 'fixed', value });
  const { tokens, tokensPerSecond } = ANSWER;
  const slow = { model: '*', tokensPerSecond: fixed(tokensPerSecond), outputTokens: fixed(tokens) };
  writeFileSync(modelsFile, JSON.stringify({ models: [slow] }));
  const lambda = { maxConcurrency: plan.open + OTHERS_CONCURRENCY };
  const { system, url } = await startLocalSystem(workspace, {
    ...{ outDir, modelsFile, lambda, bedrock: { kind: 'stand-in' } },
  });
  const script = workspace.script('__tests__/overhead/streams/main.ts');
  const readers = workspace.keep(new Remote<ReadersMethods>(script, { environment: {} }));
  onProgress(`streams: opening ${plan.open}`);
  const { open } = plan;
  await readers.call('start', { url: `${url}stream`, body: BODY, open });
  const began = performance.now();
  let before = { at: began, cpuMs: (await system.call('usage')).cpuMs };
  const sample = async (): Promise<Sample> => {
    const { memoryMb, cpuMs } = await system.call('usage');
    const at = performance.now();
    const cpuShare = (cpuMs - before.cpuMs) / (at - before.at);
    before = { at, cpuMs };
    const { open: stillOpen, lost } = await readers.call('read');
    const taken = { memoryMb, cpuShare, open: stillOpen, load: loadavg()[0] ?? 0 };
    const atSeconds = (at - began) / 1_000;
    const last = lost.length === 0 ? '' : ` (the last: ${String(lost.at(-1)).slice(0, 80)})`;
    const figures = `${stillOpen} open, ${lost.length} lost${last}, ${memoryMb.toFixed(0)} MB`;
    onProgress(`streams: ${atSeconds.toFixed(0)} s, ${figures}`);
    return { atSeconds, ...taken };
  };
  const samples: Sample[] = [];
  const end = performance.now() + (SETTLED_AFTER_SECONDS + plan.minutes * 60) * 1_000;
  while (performance.now() < end) {
    await sleep(Math.min(SAMPLE_SECONDS * 1_000, end - performance.now()));
    samples.push(await sample());
  }
  const { begun, whole, deltas, lost } = await readers.call('read');
  const seconds = { answerSeconds: ANSWER_SECONDS, settledAfterSeconds: SETTLED_AFTER_SECONDS };
  return { ...plan, ...seconds, begun, whole, deltas, lost, samples, heap: await system.call('liveHeap') };
}
