import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStacks } from '../../run/stacks';
import { synthesized } from '../stack/fixture';

const record = (type: string) => ({
  aws_route53_record: {
    failover: { name: 'a.example.com', zone_id: 'Z1', type: 'A', failover_routing_policy: { type } },
  },
});
const registry = {
  aws_sagemaker_model_package_group: { models: { model_package_group_name: 'tuned' } },
};
const shared = {
  aws_dynamodb_table: {
    turns: {
      name: 'turns',
      hash_key: 'id',
      billing_mode: 'PAY_PER_REQUEST',
      attribute: [{ name: 'id', type: 'S' }],
      replica: [{ region_name: 'us-west-2' }],
    },
  },
};

/** What CDKTF writes of an app with these stacks. */
function parts(stacks: Readonly<Record<string, Record<string, unknown>>>) {
  const outDir = mkdtempSync(join(tmpdir(), 'synthesized-'));
  try {
    writeFileSync(join(outDir, 'manifest.json'), JSON.stringify({ version: '0.21.0', stacks }));
    for (const [name, resource] of Object.entries(stacks)) {
      mkdirSync(join(outDir, 'stacks', name), { recursive: true });
      const document = JSON.stringify(synthesized({ resource }));
      writeFileSync(join(outDir, 'stacks', name, 'cdk.tf.json'), document);
    }
    return Object.fromEntries(Object.entries(readStacks(outDir)).map(([part, { name }]) => [part, name]));
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

describe('the stacks of an app', () => {
  it('are told apart by what is in them, whatever they are called', () => {
    const stacks = { west: record('SECONDARY'), tuning: registry, both: shared, east: record('PRIMARY') };
    expect(parts(stacks)).toEqual({
      primary: 'east',
      secondary: 'west',
      mlops: 'tuning',
      globalTables: 'both',
    });
  });

  it('may be without one for fine-tuning', () => {
    const stacks = { east: record('PRIMARY'), west: record('SECONDARY') };
    expect(parts(stacks)).toEqual({ primary: 'east', secondary: 'west' });
  });

  it('may be of one region alone', () => {
    expect(parts({ west: record('SECONDARY') })).toEqual({ secondary: 'west' });
  });

  it.each([
    ['no region', { tuning: registry }, /a stack with a PRIMARY or a SECONDARY failover record/],
    ['two primaries', { east: record('PRIMARY'), west: record('PRIMARY') }, /west: .*part of primary.*east/],
    ['a stranger', { east: record('PRIMARY'), west: record('SECONDARY'), vpc: {} }, /vpc: .*neither/],
  ])('are refused with %s', (_, stacks, message) => {
    expect(() => parts(stacks)).toThrow(message);
  });
});
