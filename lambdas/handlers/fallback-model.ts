import { composeTier } from './compose-tier';

/** Second tier: the model, of another vendor, that the same rule names as fallback. */
export const handler = composeTier('fallback');
