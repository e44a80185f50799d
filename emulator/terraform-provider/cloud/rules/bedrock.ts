import { Refusal } from '../refusal';
import { need, type Rules } from './rule';

export const bedrock: Rules = {
  aws_bedrock_guardrail: {
    unique: {
      by: ['name'],
      refusal: () =>
        new Refusal('ConflictException', 'Another guardrail in your account already has this name.'),
    },
    computed: () => ({ created_at: new Date().toISOString() }),
  },
  aws_bedrock_guardrail_version: {
    needs: [
      need(
        'guardrail_arn',
        ['aws_bedrock_guardrail', 'guardrail_arn'],
        'ResourceNotFoundException',
        'The specified guardrail does not exist.',
      ),
    ],
    computed: ({ guardrail_arn: arn }, { account }) => ({
      version: String(account.next(`versions of ${String(arn)}`)),
    }),
  },
};
