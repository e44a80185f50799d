import type { AlarmState } from '../cloudwatch/alarm-state';
import type { AlarmCheck, InsufficientDataStatus } from './health-check-settings';
import type { Monitor } from './health-checks';

/**
 * What a check of an alarm reports after a reading of the data stream.
 * @param lastKnown the status at the latest reading with enough data; undefined for a check that had none
 */
export function alarmHealth(
  stream: AlarmState,
  insufficientData: InsufficientDataStatus,
  lastKnown: boolean | undefined,
): boolean {
  if (stream !== 'INSUFFICIENT_DATA') return stream === 'OK';
  if (insufficientData === 'LastKnownStatus') return lastKnown ?? true;
  return insufficientData === 'Healthy';
}

/** What this check needs of a region's alarms. */
export interface AlarmSource {
  dataStream(alarm: string): AlarmState | undefined;
  /** @returns ends it */
  onEvaluated(listener: () => void): () => void;
}

/** A health check on an alarm's data stream; healthy until the first reading. */
export class AlarmMonitor implements Monitor {
  healthy = true;
  reason = 'no reading yet';
  private lastKnown: boolean | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly check: AlarmCheck,
    private readonly source: AlarmSource,
    private readonly onChange: () => void,
  ) {}

  start(): void {
    this.stop ??= this.source.onEvaluated(() => {
      this.read();
    });
  }

  close(): void {
    this.stop?.();
  }

  private read(): void {
    const { alarm, insufficientData } = this.check;
    const stream = this.source.dataStream(alarm) ?? 'INSUFFICIENT_DATA';
    if (stream !== 'INSUFFICIENT_DATA') this.lastKnown = stream === 'OK';
    this.healthy = alarmHealth(stream, insufficientData, this.lastKnown);
    this.reason =
      stream === 'INSUFFICIENT_DATA'
        ? `too little data of the alarm ${alarm}: ${insufficientData}`
        : `the data of the alarm ${alarm} say ${stream}`;
    this.onChange();
  }
}
