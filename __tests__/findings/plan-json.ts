import { readStack } from '@assistant/emulator/run';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackJson, StackName } from '../support/synthesize';

interface Named {
  readonly address: string;
  readonly type: string;
}

/**
 * A synthesized stack as the plan of its first deployment in `terraform show -json`'s form, as far as scanners look: they
 * do not read Terraform's JSON syntax. Expressions are resolved as a run on a laptop resolves them.
 */
export function planJson(outDir: string, name: StackName): object {
  const stack = JSON.parse(readFileSync(join(outDir, 'stacks', name, 'cdk.tf.json'), 'utf8')) as StackJson;
  const resources = readStack(outDir, name).resources;
  const named = ({ address, type }: Named) => ({
    address,
    type,
    name: address.slice(type.length + 1),
    mode: 'managed',
    provider_name: 'registry.terraform.io/hashicorp/aws',
  });
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: {
      root_module: { resources: resources.map((each) => ({ ...named(each), values: each.values })) },
    },
    resource_changes: resources.map((each) => ({
      ...named(each),
      change: { actions: ['create'], before: null, after: each.values, after_unknown: {} },
    })),
    // What refers to what: some checks are of two resources.
    configuration: {
      root_module: {
        resources: resources.map((each) => ({
          ...named(each),
          expressions: references(stack.resource[each.type]?.[named(each).name] ?? {}),
        })),
      },
    },
  };
}

function references(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(values).flatMap(([argument, value]) => {
      const found = [...JSON.stringify(value).matchAll(/\$\{((?:aws_\w+)\.\w+)(\.\w+)?/g)];
      const names = found.flatMap(([, resource = '', attribute = '']) => [resource + attribute, resource]);
      return names.length === 0 ? [] : [[argument, { references: names }]];
    }),
  );
}
