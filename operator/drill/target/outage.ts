import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { callControl } from '@assistant/emulator';

/** How the primary is taken away. */
export interface Outage {
  /** @throws Error where it is away already, with what to do */
  checkReady(): Promise<void>;
  begin(): Promise<void>;
  end(): Promise<void>;
  close(): void;
}

/** A fault in a running `npm start`. Faults can only be ended all at once, so that no others may be in force. */
export const faultOutage = (fault: object): Outage => ({
  checkReady: async () => {
    const inForce = (await callControl('GET', '/faults')) as readonly unknown[];
    if (inForce.length > 0) {
      throw new Error('Faults are in force already: end them with `npm run assistant -- fault clear`.');
    }
  },
  begin: async () => {
    await callControl('POST', '/faults', fault);
  },
  end: async () => {
    await callControl('DELETE', '/faults');
  },
  close: () => undefined,
});

/** The evacuation switch, wherever it is; the admin is closed with it. */
export const switchOutage = (admin: EvacuationAdmin): Outage => ({
  checkReady: async () => {
    const { evacuated } = await admin.read();
    if (evacuated) {
      throw new Error(
        'The primary is evacuated already: give it back with `npm run assistant -- evacuate return`.',
      );
    }
  },
  begin: async () => {
    await admin.evacuate();
  },
  end: async () => {
    await admin.giveBack();
  },
  close: () => {
    admin.close();
  },
});
