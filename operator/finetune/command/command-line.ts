import type { Target } from '../target/target';

/** What to type next, for the same target. */
export const commandLine = ({ kind }: Pick<Target, 'kind'>, words: string): string =>
  `npm run finetune -- ${words}${kind === 'aws' ? ' --target aws' : ''}`;
