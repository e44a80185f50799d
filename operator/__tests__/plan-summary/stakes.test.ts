import ledger from '../../../contract/state-addresses.json';
import { STAKES, stakesOf } from '../../plan-summary/stakes';

describe('what is at stake', () => {
  const deployed = [
    ...[...ledger.regional, ...Object.keys(ledger.onlyPrimary), ...ledger.conversations, ...ledger.mlops],
    ...ledger.optional,
  ];

  it('is judged for each resource that is deployed', () => {
    expect(deployed.filter((address) => stakesOf(address) === STAKES.at(-1))).toEqual([]);
  });

  it('is judged for nothing else', () => {
    const judged = new Set(deployed.map(stakesOf));
    expect(STAKES.slice(0, -1).filter((row) => !judged.has(row))).toEqual([]);
  });

  it.each([
    ['authorizer', /^requests to this region fail$/],
    ['chat', /streams/],
  ])('is the same of the function %s and of the alias by which it is called', (name, missing) => {
    for (const address of [
      `aws_lambda_function.assistant_${name}`,
      `aws_lambda_alias.assistant_${name}_live`,
    ])
      expect(stakesOf(address).missing).toMatch(missing);
  });

  it('is taken to be data, where nobody has judged it', () => {
    expect(stakesOf('aws_rds_cluster.conversations').holds).toBeDefined();
  });
});
