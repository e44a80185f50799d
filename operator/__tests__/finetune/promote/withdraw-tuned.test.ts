import fc from 'fast-check';
import { modelConfigSchema, type ModelConfig } from '../../../../contract/model-config';
import { mentions, ownModels } from '../../../model-config/named-models';
import { serveTuned } from '../../../finetune/promote/serve-tuned';
import { withdrawTuned } from '../../../finetune/promote/withdraw';
import { ARN, BASE, modelConfig, shipped, TUNED, typeName } from './model-config-fixture';

const others = ({ types, regions, ...rest }: ModelConfig, type: string) => {
  const without = <T>(entries: Readonly<Record<string, T>>) =>
    Object.entries(entries).filter(([name]) => name !== type);
  return {
    ...rest,
    types: without(types),
    regions: Object.entries(regions ?? {})
      .map(([name, region]) => [name, region.default, without(region.types ?? {})] as const)
      .filter(([, byDefault, differences]) => byDefault !== undefined || differences.length > 0),
  };
};

describe('withdrawing a tuned model', () => {
  test('gives back exactly what was before, where that is known', () => {
    fc.assert(
      fc.property(modelConfig, typeName, (before, type) => {
        expect(withdrawTuned(serveTuned(before, type, TUNED), TUNED, before)).toEqual(before);
      }),
    );
  });

  test('leaves a valid configuration without the model and with all other types as they were', () => {
    fc.assert(
      fc.property(modelConfig, typeName, (before, type) => {
        const served = serveTuned(before, type, TUNED);
        expect(mentions(served, ARN)).toBe(true);
        const after = withdrawTuned(served, TUNED, undefined);
        expect(JSON.stringify(after)).not.toContain(ARN);
        expect(modelConfigSchema.safeParse(after).success).toBe(true);
        expect(others(after, type)).toEqual(others(before, type));
      }),
    );
  });

  test('changes nothing where the model is not named', () => {
    fc.assert(
      fc.property(modelConfig, (config) => {
        expect(withdrawTuned(config, TUNED, shipped)).toEqual(config);
      }),
    );
  });

  test('keeps what somebody has changed about the type since, and lets the base model answer', () => {
    const served = serveTuned(shipped, 'general', TUNED);
    const general = { ...shipped.default, primary: BASE, maxTokens: 99 };
    const changed = { ...served, types: { ...served.types, general } };
    const after = withdrawTuned(changed, TUNED, shipped);
    expect(after.types.general).toEqual(general);
    expect(after.regions).toBeUndefined();
  });

  test('keeps what the region has different beside its models', () => {
    const regions = { 'us-east-1': { types: { general: { maxTokens: 7 } } } };
    const after = withdrawTuned(serveTuned({ ...shipped, regions }, 'general', TUNED), TUNED, undefined);
    expect(after.regions).toEqual(regions);
  });

  test.each<[string, Partial<ModelConfig>]>([
    ['the default rule', { default: { ...shipped.default, primary: TUNED.model } }],
    ['a fallback', { types: { general: { ...shipped.default, fallback: TUNED.model } } }],
    ['a region’s default rule', { regions: { 'us-east-1': { default: { primary: TUNED.model } } } }],
    [
      'a region’s fallback',
      { regions: { 'us-east-1': { types: { general: { primary: BASE, fallback: TUNED.model } } } } },
    ],
  ])('finds the model in %s', (_, part) => {
    const config = { ...shipped, ...part };
    expect(mentions(config, ARN)).toBe(true);
    expect(ownModels(config)).toEqual([ARN]);
    const after = withdrawTuned(config, TUNED, undefined);
    expect(mentions(after, ARN)).toBe(false);
    expect(modelConfigSchema.safeParse(after).success).toBe(true);
  });
});
