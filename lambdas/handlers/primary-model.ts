import { composeTier } from './compose-tier';

/** First tier: the model that the request type's rule names as primary. */
export const handler = composeTier('primary');
