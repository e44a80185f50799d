import type { FaultEffect } from '../../platform/faults/effects';
import { type Answerer, cut } from './answerer';

/** An answerer that ends as a fault says; only an `answer` effect changes anything. */
export function ending(effect: FaultEffect | undefined, answer: Answerer): Answerer {
  if (effect?.kind !== 'answer') return answer;
  const { stopReason, text } = effect;
  if (text !== undefined) return () => Promise.resolve({ text, stopReason });
  return async (question, signal) => {
    const { text: whole } = await answer(question, signal);
    return { text: cut(whole, Math.ceil(whole.length / 2)), stopReason };
  };
}
