import { NAME_LIMITS, nameFaults } from '@assistant/emulator/terraform-provider';
import { MAX_SCHEDULE_NAME } from '../../constructs/config/assistant-config';
import { EVERYTHING } from '../support/everything';
import { addressed, shippedConfig, synthesize, type StackName } from '../support/synthesize';

const PROJECT = `a${'b'.repeat(30)}`;
const STAGE = 's'.repeat(32);
const CALLER = `c${'d'.repeat(31)}`;
const REQUEST_TYPE = `Type.of-${'x'.repeat(MAX_SCHEDULE_NAME - `${PROJECT}-canary-Type.of-`.length)}`;
const ACCOUNT = '123456789012';

/** Of these, no limit is known that the longest configuration could reach. */
const UNLIMITED = ['api_key.name', 'rest_api.name', 'usage_plan.name', 'stage.stage_name'].map(
  (argument) => `aws_api_gateway_${argument}`,
);

describe('with the longest names that can be configured,', () => {
  const callers = EVERYTHING.callers ?? shippedConfig().callers;
  const app = synthesize({
    ...EVERYTHING,
    project: PROJECT,
    stage: STAGE,
    callers: {
      ...callers,
      keys: [{ name: CALLER, sha256: 'ab'.repeat(32), created: '2026-11-25' }],
      limitsOf: { [CALLER]: { rate: { requestsPerSecond: 20, burst: 40 } } },
    },
    canary: { enabled: true, requestTypes: [REQUEST_TYPE] },
  });
  afterAll(() => {
    app.remove();
  });

  const resources = (stack: StackName) =>
    addressed(app.stack(stack)).map(([address, values]) => ({
      address,
      type: address.replace(/\..*/, ''),
      values: Object.fromEntries(
        Object.entries(values).map(([argument, value]) => [
          argument,
          typeof value === 'string'
            ? value.replace('${data.aws_caller_identity.account.account_id}', ACCOUNT)
            : value,
        ]),
      ),
    }));

  it.each<StackName>(['primary', 'secondary', 'conversations', 'mlops'])(
    'each service takes the names in %s, and a limit stands for each that is made of the configuration',
    (stack) => {
      const all = resources(stack);
      expect(
        all.flatMap(({ address, type, values }) => nameFaults(type, values).map((fault) => [address, fault])),
      ).toEqual([]);
      const configured = all.flatMap(({ type, values }) =>
        Object.entries(values)
          .filter(
            ([argument, value]) =>
              /(^|_)(name|bucket|namespace)$/.test(argument) && !String(value).includes('${'),
          )
          .filter(([, value]) => [PROJECT, STAGE, CALLER].some((text) => String(value).includes(text)))
          .map(([argument]) => `${type}.${argument}`),
      );
      expect(configured.length).toBeGreaterThan(0);
      const known = Object.entries(NAME_LIMITS).flatMap(([type, limits]) =>
        Object.keys(limits).map((argument) => `${type}.${argument}`),
      );
      expect(configured.filter((argument) => ![...known, ...UNLIMITED].includes(argument))).toEqual([]);
    },
  );
});
