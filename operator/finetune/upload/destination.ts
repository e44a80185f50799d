import type { Target } from '../target/target';

/** Where a file goes. */
export interface Destination extends Pick<Target, 's3' | 'bucket' | 'kmsKeyArn'> {
  readonly key: string;
  /** Ends the upload; what is there already is kept for the next run. */
  readonly signal?: AbortSignal | undefined;
}

/** What every request names. */
export const location = ({ bucket, key }: Destination) => ({ Bucket: bucket, Key: key });

/** The options of every request. */
export const within = ({ signal }: Destination) => (signal ? { abortSignal: signal } : {});
