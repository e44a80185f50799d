/** What the machine's `logging_configuration` asks for. */
export interface LoggingConfiguration {
  readonly level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  readonly includeExecutionData: boolean;
}

/** Lowest level at which an event is logged; others need ALL. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const FATAL_EVENTS = ['ExecutionFailed', 'ExecutionTimedOut'];
const ERROR_EVENTS = [...FATAL_EVENTS, 'FailStateEntered', 'TaskFailed', 'TaskTimedOut'];

/** Details that carry what the execution works on. */
const EXECUTION_DATA = ['cause', 'input', 'output', 'parameters'];

/** Numbers the events of one execution, and logs those that the configuration asks for. */
export class ExecutionHistory {
  private lastId = 0;

  /** @param onLine takes one event, as JSON in the form that Step Functions writes to CloudWatch Logs */
  constructor(
    private readonly executionArn: string,
    private readonly logging: LoggingConfiguration,
    private readonly onLine: (line: string) => void,
  ) {}

  /** @returns the event's id, counted from 1 */
  record(type: string, details: Readonly<Record<string, unknown>>): number {
    const id = ++this.lastId;
    if (this.isLogged(type)) {
      this.onLine(
        JSON.stringify({
          id: String(id),
          type,
          details: this.visible(details),
          previous_event_id: String(id - 1),
          event_timestamp: String(Date.now()),
          execution_arn: this.executionArn,
        }),
      );
    }
    return id;
  }

  private isLogged(type: string): boolean {
    switch (this.logging.level) {
      case 'ALL':
        return true;
      case 'ERROR':
        return ERROR_EVENTS.includes(type);
      case 'FATAL':
        return FATAL_EVENTS.includes(type);
      case 'OFF':
        return false;
    }
  }

  /** Data are JSON text in the log. */
  private visible(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(details)
        .filter(([name]) => this.logging.includeExecutionData || !EXECUTION_DATA.includes(name))
        .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
    );
  }
}
