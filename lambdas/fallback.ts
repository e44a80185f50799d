import { answerWithModel } from './bedrock/answer-with-model';
import type { TierEvent, TierOutcome } from '../contract/workflow';

/** Second tier: the model, of another vendor, that the same rule names as fallback. */
export const handler = (event: TierEvent): Promise<TierOutcome> => answerWithModel('fallback', event);
