import { answerWithModel } from './bedrock/answer-with-model';
import type { TierEvent, TierOutcome } from '../contract/workflow';

/** First tier: the model that the request type's rule names as primary. */
export const handler = (event: TierEvent): Promise<TierOutcome> => answerWithModel('primary', event);
