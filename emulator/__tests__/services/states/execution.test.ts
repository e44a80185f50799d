import { StatesError } from '../../../services/states/states-error';
import { caught, machine } from './machine';

// It takes 0.1 s for each machine; definition.test.ts goes through the real one.
jest.mock('asl-validator', () => () => ({ isValid: true }));

interface LoggedEvent {
  readonly type: string;
  readonly details: Record<string, unknown>;
}

async function logged(logging: Record<string, unknown>): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  const fail = () => {
    throw new StatesError('Broken', 'secret');
  };
  const under = machine(caught(['Other']), fail, { logging_configuration: [logging] }, (line) =>
    events.push(JSON.parse(line) as LoggedEvent),
  );
  await under.startSync({ input: '{"prompt":"secret"}' });
  return events;
}

describe('the log of a failed execution', () => {
  it.each([
    ['OFF', []],
    ['FATAL', ['ExecutionFailed']],
    ['ERROR', ['TaskFailed', 'ExecutionFailed']],
    ['ALL', ['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskFailed', 'ExecutionFailed']],
  ])('at level %s has %j', async (level, types) => {
    expect((await logged({ level })).map(({ type }) => type)).toEqual(types);
  });

  it('keeps what the execution works on out, unless it is asked for', async () => {
    expect(JSON.stringify(await logged({ level: 'ALL' }))).not.toContain('secret');
    const [started] = await logged({ level: 'ALL', include_execution_data: true });
    expect(started?.details.input).toBe('{"prompt":"secret"}');
  });
});
