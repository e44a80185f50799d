import { tableDefinition } from '../../../services/dynamodb/table-definition';
import { UnsupportedError } from '../../../stack/resource';
import { Rig, table } from './fixture';

describe('a declared table', () => {
  it('becomes the input of CreateTable', () => {
    const values = {
      range_key: 'at',
      attribute: [
        { name: 'model', type: 'S' },
        { name: 'at', type: 'N' },
      ],
    };
    expect(tableDefinition(table(values)).createTable).toEqual({
      TableName: 'circuits',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'model', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'model', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
    });
  });

  it.each([
    ['a stream', { stream_enabled: true }, '.stream_enabled'],
    ['provisioned capacity', { billing_mode: 'PROVISIONED' }, '.billing_mode'],
    ['the default billing mode', { billing_mode: undefined }, '.billing_mode'],
  ])('with %s is not emulated', (_, values, place) => {
    expect(() => tableDefinition(table(values))).toThrow(UnsupportedError);
    expect(() => tableDefinition(table(values))).toThrow(`aws_dynamodb_table.circuits${place}: `);
  });

  it.each([
    ['no key', { hash_key: undefined }, 'hash_key is missing'],
    ['a TTL on no attribute', { ttl: { enabled: true } }, 'ttl.attribute_name is missing'],
  ])('with %s is refused', (_, values, message) => {
    expect(() => tableDefinition(table(values))).toThrow(message);
  });

  it.each([
    ['a key that is no attribute', { hash_key: 'other' }],
    ['an attribute that is no key', { attribute: ['model', 'at'].map((name) => ({ name, type: 'S' })) }],
    ['an unknown type', { attribute: [{ name: 'model', type: 'BOOL' }] }],
    ['a name that is too short', { name: 'c' }],
  ])('with %s is refused by DynamoDB itself', async (_, values) => {
    const start = Rig.start({ tables: [table(values)] });
    await expect(start).rejects.toThrow(UnsupportedError);
    await expect(start).rejects.toThrow('aws_dynamodb_table.circuits: DynamoDB refuses it: ');
  });
});
