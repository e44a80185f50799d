import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../../constructs/config/read-config';
import { createTarget } from '../load/targets';
import type { LiveHeap } from '../system/live-heap';
import { startLocalSystem } from '../system/local-system';
import { BODY } from '../system/question';
import { synthesize, withoutCeilings } from '../system/synthesize';
import type { Workspace } from '../workspace';

export interface SoakPlan {
  readonly perSecond: number;
  /** At least 2. */
  readonly minutes: number;
}

/** What the emulator takes at a moment, with all that it runs. */
export interface SoakSample {
  /** Since the first question. */
  readonly minute: number;
  readonly memoryMb: number;
  /** Of one core, since the sample before. */
  readonly cpuShare: number;
  /** Questions so far. */
  readonly asked: number;
  readonly load: number;
}

export interface SoakResult extends SoakPlan {
  readonly asked: number;
  /** What came instead of the primary model's answer. */
  readonly others: readonly string[];
  readonly samples: readonly SoakSample[];
  /** After the last of them. */
  readonly heap: LiveHeap;
}

/** Milliseconds; questions that are due together are asked together. */
const TICK_MS = 10;

/** The same question at a fixed rate, whether or not those before it have been answered, through the whole local system. */
export async function runSoak(
  workspace: Workspace,
  { perSecond, minutes }: SoakPlan,
  onProgress: (text: string) => void,
): Promise<SoakResult> {
  const outDir = join(workspace.directory, 'soak');
  await synthesize(withoutCeilings(readConfig()), outDir);
  const { system, url } = await startLocalSystem(workspace, { outDir, bedrock: { kind: 'stand-in' } });
  const path = createTarget({ kind: 'path', url, body: BODY });
  const others: string[] = [];
  const underWay = new Set<Promise<void>>();
  let asked = 0;
  const ask = () => {
    asked += 1;
    const answered = path
      .call()
      .then((result) => path.tierOf(result), String)
      .then((tier) => {
        if (tier !== 'primary') others.push(tier);
        underWay.delete(answered);
      });
    underWay.add(answered);
  };

  const samples: SoakSample[] = [];
  const began = performance.now();
  let before = { at: began, cpuMs: (await system.call('usage')).cpuMs };
  const sample = async (minute: number) => {
    const { memoryMb, cpuMs } = await system.call('usage');
    // What is not taken is kept there.
    await system.call('takeEvents');
    const at = performance.now();
    const cpuShare = (cpuMs - before.cpuMs) / (at - before.at);
    before = { at, cpuMs };
    samples.push({ minute, memoryMb, cpuShare, asked, load: loadavg()[0] ?? 0 });
    onProgress(`soak: ${minute} min, ${asked} asked, ${others.length} others, ${memoryMb.toFixed(0)} MB`);
  };

  for (let minute = 1; minute <= minutes; minute += 1) {
    while (performance.now() - began < minute * 60_000) {
      const due = ((performance.now() - began) / 1_000) * perSecond;
      while (asked < due) ask();
      await sleep(TICK_MS);
    }
    await sample(minute);
  }
  await Promise.all(underWay);
  path.close?.();
  return { perSecond, minutes, asked, others, samples, heap: await system.call('liveHeap') };
}
