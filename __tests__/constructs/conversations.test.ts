import {
  CONVERSATION_KEY,
  CONVERSATION_TTL,
  conversationTableName,
  TURN_KEY,
} from '../../contract/conversation';
import { addressed, shippedConfig, synthesize, type StackName } from '../support/synthesize';

const TABLE = conversationTableName(shippedConfig().project);
const REGIONAL = ['primary', 'secondary'] as const satisfies readonly StackName[];
const kept = (changes: object) => ({ retentionDays: 30, deletionProtection: true, ...changes });

const shipped = synthesize();
const unprotected = synthesize({ conversations: kept({ deletionProtection: false, retentionDays: 7 }) });
const none = synthesize({ conversations: undefined });
afterAll(() => {
  for (const app of [shipped, unprotected, none]) app.remove();
});

describe('the stack of conversations', () => {
  const table = (app = shipped) => app.stack('conversations').resource.aws_dynamodb_table?.turns;

  it('is one table with a replica in the other region, and nothing else', () => {
    expect(addressed(shipped.stack('conversations')).map(([address]) => address)).toEqual([
      'aws_dynamodb_table.turns',
    ]);
    expect(table()).toMatchObject({
      name: TABLE,
      provider: 'aws.us-east-1',
      billing_mode: 'PAY_PER_REQUEST',
      hash_key: CONVERSATION_KEY,
      range_key: TURN_KEY,
      stream_view_type: 'NEW_AND_OLD_IMAGES',
      replica: [{ region_name: 'us-west-2' }],
      server_side_encryption: { enabled: true },
      ttl: { attribute_name: CONVERSATION_TTL, enabled: true },
    });
  });

  it('can be brought back to any second of the last 35 days, in each region', () => {
    expect(table()).toMatchObject({
      point_in_time_recovery: { enabled: true },
      replica: [{ point_in_time_recovery: true }],
    });
  });

  it('is protected against deletion as configured, in each region and from Terraform', () => {
    const protection = (app: typeof shipped) => {
      const { deletion_protection_enabled: own, replica, lifecycle } = table(app) ?? {};
      const [{ deletion_protection_enabled: other } = {}] = replica as Record<string, unknown>[];
      return [own, other, (lifecycle as { prevent_destroy?: boolean }).prevent_destroy];
    };
    expect([protection(shipped), protection(unprotected)]).toEqual([
      [true, true, true],
      [false, false, undefined],
    ]);
  });

  it('is not there where none are kept', () => {
    expect(() => none.stack('conversations')).toThrow('There is no stack conversations.');
  });
});

describe.each(REGIONAL)('the stack of the region %s', (name) => {
  const region = { primary: 'us-east-1', secondary: 'us-west-2' }[name];
  const tiers = (app: typeof shipped) =>
    Object.entries(app.stack(name).resource.aws_lambda_function ?? {}).flatMap(([of, { environment }]) => {
      const { CONVERSATIONS } = (environment as { variables: Record<string, string> }).variables;
      return CONVERSATIONS === undefined ? [] : [[of, CONVERSATIONS] as const];
    });
  const granted = (app: typeof shipped) =>
    Object.entries(app.stack(name).resource.aws_iam_role_policy ?? {}).flatMap(([of, { policy }]) =>
      (
        JSON.parse(String(policy)) as { Statement: { Action: string[]; Resource: string[] }[] }
      ).Statement.filter(({ Resource }) => JSON.stringify(Resource).includes(TABLE)).map(
        ({ Action, Resource }) => [of, Action, Resource] as const,
      ),
    );

  it('knows its replica by its literal name alone, and may read and write it; one function may forget', () => {
    expect(Object.fromEntries(tiers(shipped))).toEqual({
      assistant_chat: JSON.stringify({ table: TABLE, retentionDays: 30 }),
      assistant_primary_model: JSON.stringify({ table: TABLE, retentionDays: 30 }),
      assistant_fallback_model: JSON.stringify({ table: TABLE, retentionDays: 30 }),
    });
    const arn = `arn:aws:dynamodb:${region}:\${data.aws_caller_identity.assistant_account.account_id}:table/${TABLE}`;
    expect(granted(shipped)).toEqual([
      ['assistant_chat_policy', ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'], [arn]],
      ['assistant_fallback_model_policy', ['dynamodb:Query', 'dynamodb:PutItem'], [arn]],
      ['assistant_primary_model_policy', ['dynamodb:Query', 'dynamodb:PutItem'], [arn]],
    ]);
  });

  it('follows the retention, and nothing else of what is configured', () => {
    expect(tiers(unprotected).map(([, value]) => JSON.parse(value) as object)).toEqual(
      Array.from({ length: 3 }, () => ({ table: TABLE, retentionDays: 7 })),
    );
  });

  it('knows of none where none are kept', () => {
    expect([tiers(none).map(([, value]) => value), granted(none)]).toEqual([['', '', ''], []]);
  });
});
