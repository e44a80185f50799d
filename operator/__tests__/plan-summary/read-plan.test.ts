import { digestOf, readPlan } from '../../plan-summary/read-plan';
import { RECORDED, recorded } from './recorded';

describe('the digest of a plan', () => {
  const plan = readPlan(recorded('update'));
  const withChange = (of: 'update' | 'no-op', change: object) => ({
    ...plan,
    resource_changes: plan.resource_changes.map((each) =>
      each.change.actions.join() === of ? { ...each, change: { ...each.change, ...change } } : each,
    ),
  });

  it('is another for each recorded plan, and the same when a plan is made again', () => {
    const all = RECORDED.map((name) => digestOf(readPlan(recorded(name))));
    expect(new Set(all).size).toBe(all.length);
    expect(digestOf(readPlan(recorded('update')))).toBe(digestOf(plan));
  });

  it('is another when what is to be done is, whatever becomes of what stays as it is', () => {
    expect(digestOf(withChange('update', { after: {} }))).not.toBe(digestOf(plan));
    expect(digestOf(withChange('no-op', { after: {} }))).toBe(digestOf(plan));
  });
});

describe('what is no plan', () => {
  it.each([
    ['', 'it is not JSON'],
    ['null', 'it is missing, or not of the type object'],
    ['5', 'it is missing, or not of the type object'],
    ['["values"]', 'it is missing, or not of the type object'],
    ['{"format_version":"2.0"}', 'format_version'],
    ['{"format_version":"1.0","values":{}}', 'it is a state'],
    ['{"format_version":"1.0","valid":false,"diagnostics":[]}', 'it plans nothing'],
    ['{"format_version":"1.2","resource_changes":[{"address":1}]}', 'resource_changes.0.address'],
  ])('%j is refused, with what to do', (text, why) => {
    expect(() => readPlan(text)).toThrow(why);
    expect(() => readPlan(text)).toThrow('terraform show -json plan.tfplan > plan.json');
  });
});
