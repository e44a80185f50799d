import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultModelConfig } from '../../../../contract/default-model-config';
import { readPriceFile, parseGivenPrice, pricesUsed } from '../../../benchmark/measure/prices';

const FILE = {
  date: '2026-11-22',
  source: 'a list',
  models: {
    'amazon.nova-lite-v1:0': { input: 1, output: 2 },
    'anthropic.claude': { input: 3, output: 4 },
    'us.anthropic.claude': { input: 5, output: 6 },
  },
};

describe('the price of a model', () => {
  it.each([
    ['amazon.nova-lite-v1:0', 1],
    ['us.amazon.nova-lite-v1:0', 1],
    ['us-gov.amazon.nova-lite-v1:0', 1],
    ['global.anthropic.claude', 3],
    ['us.anthropic.claude', 5],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude', 5],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 1],
    ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl', null],
    ['arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl', null],
    ['eu.meta.llama', null],
    ['toString', null],
  ])('%s is %p', (model, input) => {
    expect(pricesUsed([model], FILE).entries[model]?.input ?? null).toBe(input);
  });

  it('is the one given on the command line, where there is one', () => {
    const given = { 'us.anthropic.claude': { input: 0.5, output: 0 } };
    expect(pricesUsed(['us.anthropic.claude'], FILE, given)).toEqual({
      date: '2026-11-22',
      source: 'a list',
      entries: { 'us.anthropic.claude': { input: 0.5, output: 0, from: 'given' } },
    });
  });

  it.each([
    ['us.amazon.x-v1:0=0.5,2', { model: 'us.amazon.x-v1:0', price: { input: 0.5, output: 2 } }],
    ['m=1,2,0.1,1.25', { model: 'm', price: { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25 } }],
    ['a=b=.1,0', { model: 'a=b', price: { input: 0.1, output: 0 } }],
  ])('%s can be given', (text, expected) => {
    expect(parseGivenPrice(text)).toEqual(expected);
  });

  it.each([
    'model',
    'model=1',
    'model=1,',
    '=1,2',
    'model=-1,2',
    'model=1,2,3',
    'model=1,2,3,4,5',
    'model=1,2,,3',
    'model=1;2',
  ])('%s is refused with how to write it', (text) => {
    expect(() => parseGivenPrice(text)).toThrow('MODEL=INPUT,OUTPUT');
  });
});

describe('the price file', () => {
  it('knows every model of the default configuration', () => {
    const { types, default: rule } = defaultModelConfig;
    const models = [rule, ...Object.values(types)].flatMap(({ primary, fallback }) => [
      primary.modelId,
      fallback.modelId,
    ]);
    const { entries } = pricesUsed(models, readPriceFile());
    expect(models.filter((model) => entries[model] === null)).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['a price below 0', JSON.stringify({ ...FILE, models: { m: { input: -1, output: 1 } } })],
    ['no date', JSON.stringify({ ...FILE, date: undefined })],
  ])('with %s is refused by its name', (_, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'prices-'));
    const file = join(folder, 'prices.json');
    writeFileSync(file, content);
    expect(() => readPriceFile(file)).toThrow(`The price file ${file} cannot be read`);
  });
});
