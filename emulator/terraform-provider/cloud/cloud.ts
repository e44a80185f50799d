import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { placementOf } from '../../stack/placement';
import { RESOURCE_TYPES } from '../../stack/resource-types';
import type { Placement } from '../../stack/resource-types/resource-type';
import { isKnown, isObject, Unknown, type Values } from '../protocol/values';
import { idOf, type Account, type StoredResource } from './account';
import { RULES } from './rules';
import type { AccountSettings, Context, Rule } from './rules/rule';
import { Refusal } from './refusal';

/** AWS, as far as Terraform asks it to make, change, show and delete resources. */
export class Cloud {
  constructor(
    private readonly account: Account,
    private readonly settings: AccountSettings,
  ) {}

  /** @throws Refusal */
  create(type: string, region: string, planned: Values): Values {
    const [rule, context] = [ruleOf(type), this.context(region)];
    refuseChange(rule, planned, context);
    const { by, refusal } = rule.unique ?? {};
    const twin =
      by &&
      this.account
        .all(type, region)
        .find(({ values }) => by.every((name) => isDeepStrictEqual(values[name], planned[name])));
    if (refusal !== undefined && twin !== undefined) throw refusal(planned);
    rule.beforeCreate?.(planned, context);
    const seed = randomUUID();
    return this.keep(type, region, seed, this.settle(type, region, seed, planned));
  }

  /** @throws Refusal */
  read(type: string, region: string, current: Values): Values | null {
    const stored = this.account.get(type, region, idOf(type, current));
    if (stored === undefined) return null;
    return ruleOf(type).reported?.(stored.values) ?? stored.values;
  }

  /** @throws Refusal */
  update(type: string, region: string, planned: Values): Values {
    const stored = this.account.get(type, region, idOf(type, planned));
    if (stored === undefined)
      throw new Refusal('NotFoundException', `${type} ${idOf(type, planned)} does not exist.`);
    refuseChange(ruleOf(type), planned, this.context(region));
    return this.keep(type, region, stored.seed, this.settle(type, region, stored.seed, planned));
  }

  /** @throws Refusal */
  delete(type: string, region: string, current: Values): void {
    const id = idOf(type, current);
    const stored = this.account.get(type, region, id);
    if (stored === undefined) return;
    ruleOf(type).beforeDelete?.(stored.values, this.context(region));
    this.account.delete(type, region, id);
  }

  /** What a data source finds. @throws Refusal */
  lookUp(type: string, region: string, config: Values): Values {
    if (type === 'aws_route53_zone') return { ...config, ...this.hostedZone(config) };
    const computed = RESOURCE_TYPES[`data.${type}`]?.computed(
      { address: `data.${type}`, values: config },
      placementOf('data', type, region, this.finder(region)),
    );
    return { ...config, ...computed };
  }

  private hostedZone({ zone_id: id, name }: Values): Values {
    const plain = (text: unknown) => String(text).replace(/\.$/, '');
    const found = Object.entries(this.settings.hostedZones).find(
      ([zone, zoneName]) => zone === id || plain(zoneName) === plain(name),
    );
    if (found === undefined)
      throw new Refusal('NoSuchHostedZone', `No hosted zone found with ID: ${String(id ?? name)}`);
    const [zone, zoneName] = found;
    return {
      id: zone,
      zone_id: zone,
      name: plain(zoneName),
      arn: `arn:aws:route53:::hostedzone/${zone}`,
      private_zone: false,
    };
  }

  private keep(type: string, region: string, seed: string, values: Values): Values {
    this.account.put({ type, region, seed, values });
    ruleOf(type).afterChange?.(values, this.context(region));
    return values;
  }

  /** Gives every attribute that is not known yet a value: its own, or null. */
  private settle(type: string, region: string, seed: string, planned: Values): Values {
    if (isKnown(planned)) return planned;
    const context = this.context(region);
    const known = Object.fromEntries(Object.entries(planned).filter(([, value]) => isKnown(value)));
    const computed = RESOURCE_TYPES[type]?.computed(
      { address: type, values: known },
      placementOf(seed, type, region, this.finder(region)),
    );
    const made = { ...computed, ...ruleOf(type).computed?.({ ...known, ...computed }, context) };
    return Object.fromEntries(
      Object.entries(planned).map(([name, value]) => [
        name,
        isKnown(value) ? value : (made[name] ?? withoutUnknown(value)),
      ]),
    );
  }

  private finder(region: string): Placement['find'] {
    const { find } = this.context(region);
    return (type, attribute, value) => {
      const values = find(type, attribute, value);
      return values && { address: type, values };
    };
  }

  private context(region: string): Context {
    const { account, settings } = this;
    const find: Context['find'] = (type, attribute, value, where = region) =>
      account
        .all(type)
        .find(
          (each: StoredResource) =>
            [where, 'global'].includes(each.region) && isDeepStrictEqual(each.values[attribute], value),
        )?.values;
    return { account, settings, region, find };
  }
}

function refuseChange(rule: Rule, planned: Values, context: Context): void {
  for (const { argument, type, attribute, code, message } of rule.needs ?? []) {
    const value = planned[argument] ?? null;
    if (value !== null && context.find(type, attribute, value) === undefined) {
      throw new Refusal(code, `${message} (${argument} = ${JSON.stringify(value)})`);
    }
  }
  rule.beforeChange?.(planned, context);
}

export const ruleOf = (type: string): Rule => RULES[type] ?? {};

function withoutUnknown(value: unknown): unknown {
  if (value instanceof Unknown) return null;
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutUnknown(item)]));
}
