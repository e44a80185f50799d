import * as z from 'zod';
import { modelConfigSchema } from '../../../contract/model-config';
import { fieldsOf, type Schema } from '../../console/page/schema-help';

const fields = fieldsOf(z.toJSONSchema(modelConfigSchema) as Schema);

it.each([
  ['maintenanceMessage', 'string, up to 1000 characters', true],
  ['default.maxTokens', 'integer, 1 to 8192', true],
  ['default.primary.inference.temperature', 'number, 0 to 1', false],
  ['types.*.atDeadline', 'cut or next_tier', false],
  ['regions.*.types.*.primary.modelId', 'string', true],
  ['default.primary.inference.stopSequences', 'array of string, up to 4', false],
])('says of %s what it may be', (name, what, required) => {
  expect(fields.find((field) => field.name === name)).toEqual({ name, what, required });
});
