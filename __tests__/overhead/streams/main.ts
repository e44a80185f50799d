import { serve } from '../remote';
import { Readers, type ReadersCount, type ReadersOptions } from './readers';

/** The process of those who read. */
export interface ReadersMethods {
  start(options: ReadersOptions): Promise<void>;
  read(): ReadersCount;
}

let readers: Readers | undefined;

serve<ReadersMethods>({
  start: (options) => {
    readers = new Readers(options);
    return readers.start();
  },
  read: () => {
    if (readers === undefined) throw new Error('Nobody reads yet: call start first.');
    return readers.read();
  },
});
