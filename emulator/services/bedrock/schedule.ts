/**
 * How long a job takes, in emulated milliseconds. All of it is invented: AWS names no durations, and real jobs take
 * from half an hour to many hours. The sample dataset's job ends within two minutes, and its phases can be watched;
 * 20,000 records and 5 epochs take some 80 minutes.
 */
export const VALIDATION_MS = 10_000;
export const DATA_PROCESSING_MS = 10_000;
export const STOPPING_MS = 5_000;
const TRAINING_BASE_MS = 30_000;
const TRAINING_PER_RECORD_MS = 50;

export const trainingMs = (records: number, epochs: number): number =>
  TRAINING_BASE_MS + TRAINING_PER_RECORD_MS * records * epochs;

/** How long it takes until a model can be invoked; invented as well. AWS needs minutes. */
export const DEPLOYING_MS = 20_000;
export const PROVISIONING_MS = 60_000;
