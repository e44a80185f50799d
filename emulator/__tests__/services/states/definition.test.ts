import { UnsupportedError } from '../../../stack/resource';
import { ACTION, ADDRESS, caught, machine, single } from './machine';

const ONLY = `${ADDRESS}.definition.States.Only`;
const pass = single({ Type: 'Pass' });
const task = (fields: Record<string, unknown>) => single({ Type: 'Task', Resource: ACTION, ...fields });

describe('a machine is refused at load for', () => {
  it.each<[what: string, values: Record<string, unknown>, where: string]>([
    ['the standard type', { type: 'STANDARD' }, `${ADDRESS}.type`],
    ['no type, which is the standard one', { type: null }, `${ADDRESS}.type`],
    ['a key of its own', { encryption_configuration: { type: 'X' } }, `${ADDRESS}.encryption_configuration`],
    ['an unfit name', { name: 'a b' }, `${ADDRESS}.name`],
    [
      'a log group without the star',
      { logging_configuration: { level: 'ERROR', log_destination: 'arn:x' } },
      `${ADDRESS}.logging_configuration.log_destination`,
    ],
  ])('%s', (_what, values, where) => {
    const load = () => machine(pass, undefined, values);
    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(`${where}: `);
  });

  it.each<[what: string, definition: unknown, where: string]>([
    ['a text that is no JSON', '{', `${ADDRESS}.definition`],
    ['more than a million characters', `{}${' '.repeat(1_048_575)}`, `${ADDRESS}.definition`],
    ['JSONata', { ...pass, QueryLanguage: 'JSONata' }, `${ADDRESS}.definition.QueryLanguage`],
    ['JSONata in a state', single({ Type: 'Pass', QueryLanguage: 'JSONata' }), `${ONLY}.QueryLanguage`],
    ['variables', single({ Type: 'Pass', Assign: { x: 1 } }), `${ONLY}.Assign`],
    ['a variable in a path', single({ Type: 'Pass', InputPath: '$x' }), `${ONLY}.InputPath`],
    ['a Map', single({ Type: 'Map', Iterator: pass }), `${ONLY}.Type`],
    ['a Parallel', single({ Type: 'Parallel', Branches: [pass] }), `${ONLY}.Type`],
    [
      'a Wait until a timestamp',
      single({ Type: 'Wait', Timestamp: '2026-01-01T00:00:00Z' }),
      `${ONLY}.Seconds`,
    ],
    ['a Wait beyond three years', single({ Type: 'Wait', Seconds: 100_000_000 }), `${ONLY}.Seconds`],
    ['a timeout beyond three years', task({ TimeoutSeconds: 100_000_000 }), `${ONLY}.TimeoutSeconds`],
    [
      'a delay of a year between attempts',
      task({ Retry: [{ ErrorEquals: ['Other'], MaxDelaySeconds: 31_622_400 }] }),
      `${ONLY}.Retry.0.MaxDelaySeconds`,
    ],
    ['a heartbeat', task({ HeartbeatSeconds: 1 }), `${ONLY}.HeartbeatSeconds`],
    ['a timeout from a path that is none', task({ TimeoutSecondsPath: 't' }), `${ONLY}.TimeoutSecondsPath`],
    ['other credentials', task({ Credentials: { RoleArn: 'x' } }), `${ONLY}.Credentials`],
    ['an unknown action', task({ Resource: 'arn:aws:states:::sqs:sendMessage' }), `${ONLY}.Resource`],
    ['an unknown parameter', task({ Parameters: { 'other.$': '$' } }), `${ONLY}.Parameters.other`],
    ['a path beyond one place', single({ Type: 'Pass', OutputPath: '$..a' }), `${ONLY}.OutputPath`],
    [
      'a wildcard deep in a template',
      single({ Type: 'Pass', Parameters: { a: [{ 'b.$': '$.c[*]' }] } }),
      `${ONLY}.Parameters.a.0.b.$`,
    ],
    [
      'a template field that is no path',
      single({ Type: 'Pass', Parameters: { 'a.$': 1 } }),
      `${ONLY}.Parameters.a.$`,
    ],
    ['writing to the context', single({ Type: 'Pass', ResultPath: '$$.a' }), `${ONLY}.ResultPath`],
    ['a state that is missing', { StartAt: 'X', States: pass.States }, `${ADDRESS}.definition`],
    ['an end that is missing', single({ Type: 'Pass', End: undefined }), `${ADDRESS}.definition`],
    [
      'States.ALL beside another name',
      caught(['States.ALL', 'Other']),
      `${ADDRESS}.definition.States.Act.Catch.0.ErrorEquals`,
    ],
    [
      'States.ALL before another catcher',
      caught([], { Catch: ['States.ALL', 'Other'].map((name) => ({ ErrorEquals: [name], Next: 'Caught' })) }),
      `${ADDRESS}.definition.States.Act.Catch`,
    ],
  ])('%s', (_what, definition, where) => {
    const load = () => machine(definition);
    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(`${where}: `);
  });
});
