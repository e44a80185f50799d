import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RESOURCE_TYPES } from '../../stack/resource-types';
import { parseFailure, startProvider } from '../../terraform-provider';
import { readBinding } from '../../terraform-provider/schema/bindings';
import { ProviderSchema } from '../../terraform-provider/schema/provider-schema';
import { BINDINGS } from './terraform';

describe('the schema that the pinned bindings tell', () => {
  const { resources } = new ProviderSchema(BINDINGS);
  const attribute = (type: string, name: string) => resources.get(type)?.block.attributes[name];
  const nested = (type: string, name: string) => resources.get(type)?.block.blocks[name];

  test.each([
    ['aws_lambda_function', 'arn', 'string', { computed: true, optional: false, required: false }],
    ['aws_lambda_function', 'role', 'string', { computed: false, optional: false, required: true }],
    ['aws_lambda_function', 'timeout', 'number', { computed: false, optional: true, required: false }],
    ['aws_lambda_function', 'publish', 'bool', { computed: false, optional: true, required: false }],
    ['aws_lambda_function', 'architectures', ['list', 'string'], { computed: true, optional: true }],
    ['aws_route53_record', 'records', ['set', 'string'], { computed: false, optional: true }],
    ['aws_iam_role', 'tags_all', ['map', 'string'], { computed: true, optional: true }],
  ])('%s.%s is a %j', (type, name, of, kind) => {
    expect(attribute(type, name)).toMatchObject({ type: of, ...kind });
  });

  test('objects that AWS makes up are attributes', () => {
    expect(attribute('aws_acm_certificate', 'domain_validation_options')?.type).toEqual([
      'set',
      ['object', expect.objectContaining({ resource_record_name: 'string' })],
    ]);
  });

  test.each([
    ['aws_dynamodb_table', 'attribute', 'SET', 0],
    ['aws_dynamodb_table', 'ttl', 'LIST', 1],
    ['aws_dynamodb_table', 'timeouts', 'SINGLE', 0],
    ['aws_s3_bucket_lifecycle_configuration', 'rule', 'LIST', 0],
  ])('%s.%s is a block (%s, at most %d)', (type, name, nesting, maxItems) => {
    expect(nested(type, name)).toMatchObject({ nesting, maxItems });
  });

  test('every argument that forces a replacement, has a default or is sensitive is in the schema', () => {
    const unknown = [...resources].flatMap(([type, { block, forceNew, defaults = {}, sensitive = [] }]) =>
      [...forceNew.map((path) => path.replace(/\..*/, '')), ...Object.keys(defaults), ...sensitive]
        .filter((name) => !(name in block.attributes || name in block.blocks))
        .map((name) => `${type}.${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('every type that a stack may have is known to the provider, too, and no other', () => {
    const ofStacks = Object.keys(RESOURCE_TYPES).filter((type) => !type.startsWith('data.'));
    expect([...resources.keys()].sort()).toEqual(ofStacks.sort());
  });

  test('another version of the provider is refused by name', () => {
    const other = mkdtempSync(join(tmpdir(), 'bindings-'));
    try {
      for (const name of ['provider', 'acm-certificate']) {
        cpSync(join(BINDINGS, 'lib', name), join(other, 'lib', name), { recursive: true });
      }
      const file = join(other, 'lib', 'acm-certificate', 'index.js');
      const map = (source: string) =>
        source.replace(/base64,([\w+/=]+)/, (_, encoded: string) => {
          const decoded = Buffer.from(encoded, 'base64').toString().replaceAll('6.25.0', '6.40.0');
          return `base64,${Buffer.from(decoded).toString('base64')}`;
        });
      writeFileSync(file, map(readFileSync(file, 'utf8')));
      expect(readBinding(other, 'acm-certificate').version).toBe('6.40.0');
      expect(() => new ProviderSchema(other)).toThrow(/generated for hashicorp\/aws 6\.40\.0.*6\.25\.0/);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  test('a type that is not known is refused by name before Terraform asks', async () => {
    await expect(
      startProvider({
        bindings: BINDINGS,
        accountFile: join(tmpdir(), 'never-written.json'),
        account: { concurrentExecutions: 1000, hostedZones: {} },
        stacks: [{ resource: { aws_elasticache_cluster: { cache: {} } }, data: { aws_vpc: {} } }],
      }),
    ).rejects.toThrow(/^aws_elasticache_cluster, data\.aws_vpc: /);
  });
});

describe('failures to inject', () => {
  test.each([
    [
      'aws_lambda_function.health=create',
      { address: 'aws_lambda_function.health', moment: 'create', times: 1 },
    ],
    ['aws_iam_role.*=read:100', { address: 'aws_iam_role.*', moment: 'read', times: 100 }],
    [
      'aws_s3_bucket.data=after-create:2',
      { address: 'aws_s3_bucket.data', moment: 'after-create', times: 2 },
    ],
  ])('%s', (text, failure) => {
    expect(parseFailure(text)).toEqual(failure);
  });

  test.each(['health=create', 'aws_lambda_function.health', 'aws_s3_bucket.data=explode'])(
    '"%s" is refused with the form that it should have',
    (text) => {
      expect(() => parseFailure(text)).toThrow(/ADDRESS=MOMENT:TIMES/);
    },
  );
});
