import fc from 'fast-check';
import * as z from 'zod';
import { modelConfigJsonSchema } from '../../constructs/model-selection';
import { modelConfigFaults } from '../../contract/check-model-config';
import { defaultModelConfig } from '../../contract/default-model-config';
import { modelConfigSchema, type ModelChoice, type ModelConfig } from '../../contract/model-config';
import { parseModelId } from '../../contract/model-id';
import { isBlank } from '../../contract/question';
import { selectRule } from '../../contract/select-rule';
import { ContentValidator } from '../../emulator/services/appconfig/validation';

const use = { regions: ['us-east-1', 'us-west-2'], vendors: ['anthropic', 'amazon'] };
const NOVA = { modelId: 'us.amazon.nova-2-lite-v1:0' };
const HAIKU = { modelId: 'us.anthropic.claude-haiku-5-5' };
const budget = (budget_tokens: number) => ({
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens } },
});
const PROFILES = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile';
const TUNED = { modelId: 'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abc' };
const rule = { systemPrompt: 'Help.', maxTokens: 100, primary: HAIKU, fallback: NOVA };
const config = (changes: Partial<ModelConfig>): ModelConfig => ({
  maintenanceMessage: 'Later.',
  default: rule,
  types: {},
  ...changes,
});

describe('a ModelConfig that cannot work', () => {
  it('is not the shipped one', () => {
    expect(modelConfigFaults(defaultModelConfig, use)).toEqual([]);
  });

  it.each<readonly [string, Partial<ModelConfig>, string, RegExp]>([
    [
      'a vendor that the functions may not call',
      { default: { ...rule, primary: { modelId: 'us.meta.llama3-3-70b-instruct-v1:0' } } },
      'default.primary.modelId',
      /models of anthropic, amazon/,
    ],
    [
      'a model that is gone',
      { types: { a: { ...rule, fallback: { modelId: 'amazon.titan-text-express-v1' } } } },
      'types.a.fallback.modelId',
      /gone, as this one is since 2025-08-15/,
    ],
    [
      'a profile of another geography',
      { default: { ...rule, primary: { modelId: 'eu.anthropic.claude-haiku-5-5' } } },
      'default.primary.modelId',
      /allowed in us-east-1: a model that is called from there/,
    ],
    [
      'one model on both tiers',
      { types: { a: { ...rule, fallback: HAIKU } } },
      'types.a.fallback.modelId',
      /another model than types\.a\.primary/,
    ],
    [
      'one model on both tiers, by the ARN of its profile',
      { types: { a: { ...rule, fallback: { modelId: `${PROFILES}/global.anthropic.claude-haiku-5-5` } } } },
      'types.a.fallback.modelId',
      /another model than types\.a\.primary/,
    ],
    [
      'a region that the assistant is not in',
      { regions: { 'us-esat-1': {} } },
      'regions.us-esat-1',
      /allowed: us-east-1, us-west-2/,
    ],
    [
      'a tuned model where it is not',
      { types: { a: { ...rule, primary: TUNED } } },
      'types.a.primary.modelId',
      /allowed in us-west-2: .* from us-east-1 alone/,
    ],
    [
      'a difference that makes both tiers one model',
      { regions: { 'us-west-2': { default: { primary: NOVA } } } },
      'default.fallback.modelId',
      /another model than regions\.us-west-2\.default\.primary/,
    ],
    [
      'no id of a model',
      { default: { ...rule, primary: { modelId: 'haiku' } } },
      'default.primary.modelId',
      /the id of a model or an inference profile/,
    ],
    [
      'a parameter that the model refuses',
      { default: { ...rule, primary: { ...HAIKU, inference: { temperature: 0.2 } } } },
      'default.primary.inference.temperature',
      /is 0\.2; allowed: left out/,
    ],
    [
      'thinking off where it cannot be',
      {
        default: {
          ...rule,
          primary: {
            modelId: 'us.anthropic.claude-sonnet-5-5',
            additionalModelRequestFields: { thinking: { type: 'disabled' } },
          },
        },
      },
      'default.primary.additionalModelRequestFields.thinking',
      /a low effort/,
    ],
    [
      'a thinking budget beyond the tokens that it is a part of',
      {
        default: { ...rule, primary: { ...HAIKU, maxTokens: 2_048, ...budget(2_048) } },
        types: { a: { ...rule, fallback: { ...NOVA, ...budget(1_024) } } },
      },
      'types.a.fallback.additionalModelRequestFields.thinking.budget_tokens',
      /is 1024; allowed: less than the 100 of maxTokens/,
    ],
    [
      'a budget that is all of the model’s own limit',
      { default: { ...rule, primary: { ...HAIKU, maxTokens: 2_048, ...budget(2_048) } } },
      'default.primary.additionalModelRequestFields.thinking.budget_tokens',
      /is 2048; allowed: less than the 2048/,
    ],
    [
      'a budget beyond what a region’s difference leaves of the limit',
      {
        default: { ...rule, maxTokens: 2_048, primary: { ...HAIKU, ...budget(1_024) } },
        regions: { 'us-west-2': { default: { maxTokens: 1_000 } } },
      },
      'default.primary.additionalModelRequestFields.thinking.budget_tokens',
      /less than the 1000 of/,
    ],
  ])('is told by its field: %s', (_, changes, field, problem) => {
    const faults = modelConfigFaults(config(changes), use);
    expect(faults.map((fault) => fault.field)).toContain(field);
    expect(faults.find((fault) => fault.field === field)?.problem).toMatch(problem);
  });

  it('may have a tuned model in the one region that serves it', () => {
    const regions = { 'us-east-1': { types: { a: { primary: TUNED, fallback: NOVA } } } };
    expect(modelConfigFaults(config({ types: { a: rule }, regions }), use)).toEqual([]);
  });

  const INVISIBLE = ' \t\n\u0000\u001F\u00A0\u00AD\u115F\u200B\u200E\u2028\u2800\u3164\uFEFF\u{E0020}';
  const invisible = fc.string({ unit: fc.constantFrom(...Array.from(INVISIBLE)) });
  it.each<[string, (text: string) => Partial<ModelConfig>]>([
    ['systemPrompt', (systemPrompt) => ({ default: { ...rule, systemPrompt } })],
    [
      'systemPrompt of a region',
      (systemPrompt) => ({ regions: { 'us-east-1': { default: { systemPrompt } } } }),
    ],
    ['maintenanceMessage', (maintenanceMessage) => ({ maintenanceMessage })],
  ])('is refused by its schema where the %s has no visible character', (_, changes) => {
    fc.assert(
      fc.property(invisible, (text) => {
        expect(modelConfigSchema.safeParse(config(changes(text))).success).toBe(false);
        expect(modelConfigSchema.safeParse(config(changes(text + 'a'))).success).toBe(true);
      }),
    );
  });

  it('is refused by AppConfig as well for a blank text, but for one from beyond the Basic Multilingual Plane', () => {
    const appConfig = new ContentValidator([modelConfigJsonSchema()]);
    const isTaken = (systemPrompt: string) => {
      const tried = config({ default: { ...rule, systemPrompt } });
      const isValid = modelConfigSchema.safeParse(tried).success;
      try {
        appConfig.check(JSON.stringify(tried));
        return { byFunctions: isValid, byAppConfig: true };
      } catch {
        return { byFunctions: isValid, byAppConfig: false };
      }
    };
    for (const text of ['', ' \n\t', '\u200b', '\u200b\ufeff\u2800', 'x'.repeat(8_001), '👋'.repeat(8_001)])
      expect(isTaken(text)).toEqual({ byFunctions: false, byAppConfig: false });
    for (const text of ['\u200bHi', '👋', 'é', '你好', '👋'.repeat(8_000)])
      expect(isTaken(text)).toEqual({ byFunctions: true, byAppConfig: true });
    expect(isTaken('\u{e0020}')).toEqual({ byFunctions: false, byAppConfig: true });
    const { pattern = '' } = z.toJSONSchema(modelConfigSchema.shape.maintenanceMessage);
    const plane = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
    expect(plane.filter((character) => new RegExp(pattern).test(character) === isBlank(character))).toEqual(
      [],
    );
  });

  it('may have two models of its own by different ARNs, which say no more', () => {
    const other = { modelId: TUNED.modelId.replace('abc', 'def') };
    const regions = { 'us-east-1': { default: { primary: TUNED, fallback: other } } };
    expect(modelConfigFaults(config({ regions }), use)).toEqual([]);
  });

  it('is found exactly where a rule, as the functions select it, names one model twice', () => {
    const named = (prefix: string) => ({ modelId: `${prefix}amazon.nova-pro-v1:0` });
    const model = fc.constantFrom(HAIKU, NOVA, ...['', 'us.', 'global.'].map(named));
    const modelOf = ({ modelId }: ModelChoice) => parseModelId(modelId)?.model;
    const part = fc.record({ primary: model, fallback: model }, { requiredKeys: [] });
    const regional = fc.record({ default: part, types: fc.dictionary(fc.constantFrom('a', 'b'), part) });
    const arbitrary = fc.record({
      types: fc.dictionary(fc.constantFrom('a', 'b'), fc.record({ primary: model, fallback: model })),
      regions: fc.dictionary(fc.constantFrom(...use.regions), regional),
    });
    fc.assert(
      fc.property(arbitrary, ({ types, regions }) => {
        const full = Object.fromEntries(
          Object.entries(types).map(([type, of]) => [type, { ...rule, ...of }]),
        );
        const tried = config({ types: full, regions });
        const twice = use.regions.some((region) =>
          ['a', 'b', 'c'].some((type) => {
            const { primary, fallback } = selectRule(tried, region, type);
            return modelOf(primary) === modelOf(fallback);
          }),
        );
        expect(modelConfigFaults(tried, use).length > 0).toBe(twice);
      }),
    );
  });
});
