import { BedrockGuardrail, type BedrockGuardrailConfig } from '@cdktf/provider-aws/lib/bedrock-guardrail';
import { BedrockGuardrailVersion } from '@cdktf/provider-aws/lib/bedrock-guardrail-version';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import type { TierEnvironment } from '../contract/environment';
import type { Guardrail as AppliedGuardrail } from '../contract/guardrail';
import { staysIn } from './base-stack';
import type { GuardrailConfig } from './config/guardrail-config';
import type { Statement } from './iam';
import type { PartProps } from './part-props';

export interface GuardrailProps extends PartProps {
  readonly guardrail: GuardrailConfig;
}

type Policies = Pick<
  BedrockGuardrailConfig,
  | 'topicPolicyConfig'
  | 'wordPolicyConfig'
  | 'sensitiveInformationPolicyConfig'
  | 'contentPolicyConfig'
  | 'blockedInputMessaging'
  | 'blockedOutputsMessaging'
>;

/** What Bedrock stops or masks in questions and answers, as an immutable version that the tiers name. */
export class Guardrail extends Construct {
  /** What a tier has in its environment to apply it. */
  readonly environmentVariables: Pick<TierEnvironment, 'GUARDRAIL'>;
  /** Permission to apply it, and no other. */
  readonly statement: Statement;

  constructor(scope: Construct, id: string, { config, provider, region, guardrail }: GuardrailProps) {
    super(scope, id);
    const policies = literal(policiesOf(guardrail));
    const drawn = new BedrockGuardrail(this, 'default', {
      provider,
      name: `${config.project}-guardrail`,
      description: 'What the assistant neither takes nor says',
      ...policies,
      // Where it is taken out of the configuration, roles and functions that name it change before it goes.
      lifecycle: { createBeforeDestroy: true, ...staysIn(region) },
    });
    const version = new BedrockGuardrailVersion(this, 'version', {
      provider,
      guardrailArn: drawn.guardrailArn,
      // A version is as the guardrail was when it was made. Another description makes another version.
      description: `Policies ${fingerprint(policies)}`,
      // Executions under way, and functions until they are changed, apply the earlier one: without it they would fail.
      skipDestroy: true,
    });
    const applied: AppliedGuardrail = {
      guardrailIdentifier: drawn.guardrailId,
      guardrailVersion: version.version,
      outputMessage: literal(guardrail.messages.output),
    };
    this.environmentVariables = { GUARDRAIL: JSON.stringify(applied) };
    this.statement = { actions: ['bedrock:ApplyGuardrail'], resources: [drawn.guardrailArn] };
  }
}

/**
 * What AWS makes of a policy without a tier. Said, since the provider (6.25) expects none of a policy that is added to a
 * guardrail which is there already, and fails the apply when AWS answers with one.
 * https://github.com/hashicorp/terraform-plugin-framework/issues/1197
 */
const CLASSIC = [{ tierName: 'CLASSIC' }];

const ACTIONS = { block: 'BLOCK', anonymize: 'ANONYMIZE' } as const;

function policiesOf({
  messages,
  topics,
  words,
  profanity,
  pii,
  regexes,
  promptAttacks,
}: GuardrailConfig): Policies {
  return {
    blockedInputMessaging: messages.input,
    blockedOutputsMessaging: messages.output,
    ...(topics && {
      topicPolicyConfig: [
        {
          tierConfig: CLASSIC,
          topicsConfig: topics.map(({ examples, ...topic }) => ({
            ...topic,
            ...(examples && { examples }),
            type: 'DENY',
          })),
        },
      ],
    }),
    ...((words !== undefined || profanity === true) && {
      wordPolicyConfig: [
        {
          ...(words && { wordsConfig: words.map((text) => ({ text })) }),
          ...(profanity === true && { managedWordListsConfig: [{ type: 'PROFANITY' }] }),
        },
      ],
    }),
    ...((pii ?? regexes) && {
      sensitiveInformationPolicyConfig: [
        {
          ...(pii && { piiEntitiesConfig: pii.map(({ type, ...at }) => ({ type, ...directions(at) })) }),
          ...(regexes && {
            regexesConfig: regexes.map(({ name, pattern, ...at }) => ({ name, pattern, ...directions(at) })),
          }),
        },
      ],
    }),
    ...(promptAttacks && {
      // An answer is no attack: AWS takes NONE alone there.
      contentPolicyConfig: [
        {
          tierConfig: CLASSIC,
          filtersConfig: [{ type: 'PROMPT_ATTACK', inputStrength: promptAttacks, outputStrength: 'NONE' }],
        },
      ],
    }),
  };
}

/** All of it is said, since what is left out AWS makes up by `action`. */
function directions({
  input,
  output,
}: Pick<NonNullable<GuardrailConfig['pii']>[number], 'input' | 'output'>) {
  const of = (action: keyof typeof ACTIONS | undefined) => (action ? ACTIONS[action] : 'NONE');
  return {
    action: ACTIONS[output ?? input ?? 'block'],
    inputAction: of(input),
    inputEnabled: input !== undefined,
    outputAction: of(output),
    outputEnabled: output !== undefined,
  };
}

/** To Terraform, `${` and `%{` begin a template, also in JSON. */
const literal = <T>(value: T): T => JSON.parse(JSON.stringify(value).replace(/[$%](?=\{)/g, '$&$&')) as T;

const fingerprint = (policies: Policies): string =>
  createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, 12);
