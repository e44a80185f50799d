import { createHash } from 'node:crypto';
import { optionalText, text } from '../values';
import { emulated, noLocalMeaning, type ResourceTypes } from './resource-type';

const directions = emulated('action', 'input_action', 'input_enabled', 'output_action', 'output_enabled');

export const bedrock: ResourceTypes = {
  aws_bedrock_guardrail: {
    arguments: {
      ...emulated('name', 'blocked_input_messaging', 'blocked_outputs_messaging'),
      ...noLocalMeaning('description', 'tags'),
      // The start says what of these takes a model to judge, and is not judged here.
      topic_policy_config: {
        tier_config: noLocalMeaning('tier_name'),
        topics_config: emulated('name', 'definition', 'examples', 'type'),
      },
      content_policy_config: {
        tier_config: noLocalMeaning('tier_name'),
        filters_config: emulated('type', 'input_strength', 'output_strength'),
      },
      word_policy_config: {
        words_config: emulated('text'),
        managed_word_lists_config: emulated('type'),
      },
      sensitive_information_policy_config: {
        pii_entities_config: { ...emulated('type'), ...directions },
        regexes_config: { ...emulated('name', 'pattern'), ...directions },
      },
    },
    computed: (_, { region, account, id }) => {
      const guardrailId = id(12);
      return {
        guardrail_id: guardrailId,
        guardrail_arn: `arn:aws:bedrock:${region}:${account}:guardrail/${guardrailId}`,
        status: 'READY',
        version: 'DRAFT',
      };
    },
  },
  aws_bedrock_guardrail_version: {
    arguments: { ...emulated('guardrail_arn', 'description'), ...noLocalMeaning('skip_destroy') },
    // AWS counts from 1. Here nothing knows what there was before: as another description makes another version,
    // its number is made of it.
    computed: (of) => {
      const digest = createHash('sha256')
        .update(`${text(of, 'guardrail_arn')} ${optionalText(of, 'description') ?? ''}`)
        .digest();
      return { version: String(1 + (digest.readUInt32BE(0) % 9_999_999)) };
    },
  },
};
