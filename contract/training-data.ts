/** Where the training bucket holds what: the training role's permissions are by these prefixes. */
export const TRAINING_PREFIX = 'train/';
export const VALIDATION_PREFIX = 'validation/';
export const OUTPUT_PREFIX = 'output/';
