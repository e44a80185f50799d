import { GuardrailPiiEntityType } from '@aws-sdk/client-bedrock';
import fc from 'fast-check';
import { Guardrail, Guardrails, unjudged } from '../../../services/bedrock-runtime/guardrail';
import { RESOURCE_TYPES } from '../../../stack/resource-types';
import { ARN, both, CARD, drawn, pii, version, words } from './guardrail-fixture';

/** All of Bedrock's kinds that are not left to AWS, masked. */
const EVERY_KIND = Object.values(GuardrailPiiEntityType).map((type) => [type, both('ANONYMIZE')] as const);
const ON_AWS = unjudged(drawn(pii(...EVERY_KIND)));
const MASKING = new Guardrail(drawn(pii(...EVERY_KIND.filter(([type]) => !ON_AWS.includes(type)))));

describe('kinds of PII that are told by their form', () => {
  const isFound = (type: string, text: string) =>
    new Guardrail(drawn(pii([type, both('BLOCK')]))).judge(text, 'input').kind === 'blocked';

  it.each([
    ['CREDIT_DEBIT_CARD_NUMBER', CARD, '4111 1111 1111 1112'],
    ['CREDIT_DEBIT_CARD_NUMBER', '378282246310005', '1234567890123456'],
    ['CREDIT_DEBIT_CARD_NUMBER', '4111\n1111  1111\u00a01111', '4111   1111 1111 1111'],
    ['CREDIT_DEBIT_CARD_NUMBER', '4111.1111.1111.1111', '4111,1111,1111,1111'],
    ['CREDIT_DEBIT_CARD_NUMBER', 'card 5500-0000-0000-0004.', 'order 79927398713'],
    ['EMAIL', 'a.b+c@mail.example.com', 'a@b'],
    ['EMAIL', `${'x'.repeat(64)}@${'y'.repeat(63)}.example`, 'x'.repeat(64)],
    ['PHONE', '+1 (206) 555-0100', '2026-11-26'],
    ['US_SOCIAL_SECURITY_NUMBER', '123-45-6789', '000-45-6789'],
    ['IP_ADDRESS', '203.0.113.7', '1.2.3'],
    ['IP_ADDRESS', '2001:db8:0:0:0:0:0:1', '12:30:45'],
    ['MAC_ADDRESS', '00:1B:44:11:3A:B7', '00:1B:44'],
    ['URL', 'see https://example.com/a?b=c', 'example'],
    ['AWS_ACCESS_KEY', 'AKIAIOSFODNN7EXAMPLE', 'AKIA'],
    ['INTERNATIONAL_BANK_ACCOUNT_NUMBER', 'DE89 3704 0044 0532 0130 00', 'DE89 3704 0044 0532 0130 01'],
  ])('%s: %s, but not %s', (type, found, other) => {
    expect([isFound(type, found), isFound(type, other)]).toEqual([true, false]);
  });

  it('are looked for in time that grows with a text, and not with its square, whatever it is made of', () => {
    const PIECES = [
      '1',
      'a',
      '.',
      '@',
      ' ',
      '1 ',
      'a.',
      '1.',
      'a@',
      'a@a.',
      'a:',
      'AA11 ',
      'http://',
      '(111) ',
    ];
    const secondsFor = (length: number) => {
      const texts = PIECES.map((piece) => piece.repeat(length / piece.length));
      const began = process.cpuUsage();
      for (const text of texts) MASKING.judge(text, 'input');
      return process.cpuUsage(began).user / 1e6;
    };
    const least = (length: number) => Math.min(...[1, 2, 3].map(() => secondsFor(length)));
    least(1_000);
    // Eight times the text: the square of it would be 64 times the time.
    expect(least(32_000) / least(4_000)).toBeLessThan(20);
  });

  it('a card number is found in whatever surrounds it, however it is grouped', () => {
    const words = fc.stringMatching(/^[a-z ,.!?]{0,30}$/);
    const separator = fc.constantFrom('', ' ', '-');
    fc.assert(
      fc.property(words, words, separator, (before, after, by) => {
        const text = `${before} ${CARD.replaceAll(' ', by)} ${after}`;
        expect(isFound('CREDIT_DEBIT_CARD_NUMBER', text)).toBe(true);
      }),
    );
  });
});

describe('a guardrail', () => {
  it.each([
    ['a word in whichever case', words('acme'), 'Is ACME better?', { kind: 'blocked', at: 3 }],
    ['no part of a word', words('acme'), 'acmeist', { kind: 'passed' }],
    ['a word with signs', words('c++'), 'I like C++.', { kind: 'blocked', at: 7 }],
    [
      'what is masked',
      pii(['EMAIL', both('ANONYMIZE')]),
      'To a@b.com!',
      { kind: 'masked', text: 'To {EMAIL}!' },
    ],
    [
      'what is blocked before what is masked',
      { ...pii(['EMAIL', both('ANONYMIZE')]), ...words('acme') },
      'a@b.com of acme',
      { kind: 'blocked', message: 'Not asked.' },
    ],
    [
      'nothing that is looked for in answers alone',
      pii(['EMAIL', { action: 'BLOCK', input_enabled: false }]),
      'a@b.com',
      { kind: 'passed' },
    ],
    [
      'a regular expression of one’s own',
      {
        sensitive_information_policy_config: [
          { regexes_config: [{ name: 'order', pattern: 'ORD-\\d{4}', ...both('ANONYMIZE') }] },
        ],
      },
      'ORD-1234 and ORD-5678',
      { kind: 'masked', text: '{order} and {order}' },
    ],
  ])('finds in a question %s', (_, policies, text, verdict) => {
    expect(new Guardrail(drawn(policies)).judge(text, 'input')).toMatchObject(verdict);
  });

  it('leaves nothing of what it masks', () => {
    const secrets = Object.fromEntries(
      [CARD, 'a@b.com', '10.0.0.1'].map((secret, at) => [
        secret,
        ['CREDIT_DEBIT_CARD_NUMBER', 'EMAIL', 'IP_ADDRESS'][at],
      ]),
    );
    const part = fc.oneof(fc.constantFrom(...Object.keys(secrets)), fc.stringMatching(/^[a-z,!?]{0,9}$/));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const verdict = MASKING.judge(parts.join(' and '), 'output');
        const masked = parts
          .map((text) => (secrets[text] === undefined ? text : `{${secrets[text]}}`))
          .join(' and ');
        expect(verdict.kind === 'masked' ? verdict.text : parts.join(' and ')).toBe(masked);
      }),
    );
  });

  it('says what only AWS can judge', () => {
    const policies = {
      topic_policy_config: [{ topics_config: [{ name: 'Legal advice' }] }],
      content_policy_config: [{ filters_config: [{ type: 'PROMPT_ATTACK' }] }],
      word_policy_config: [{ managed_word_lists_config: [{ type: 'PROFANITY' }] }],
      ...pii(['NAME', both('BLOCK')], ['EMAIL', both('BLOCK')]),
    };
    expect(unjudged(drawn(policies))).toEqual([
      'the topic "Legal advice"',
      'PROMPT_ATTACK',
      'PROFANITY',
      'NAME',
    ]);
  });

  it('is another version with another description, and the earlier one stays as it was', () => {
    const computed = (description: string) =>
      RESOURCE_TYPES.aws_bedrock_guardrail_version?.computed(
        { address: 'it', values: { guardrail_arn: ARN, description } },
        undefined as never,
      ).version as string;
    const [first, second] = [computed('one'), computed('two')];
    expect([second === first, computed('one') === first]).toEqual([false, true]);
    const guardrails = new Guardrails([drawn(words('acme')), version(first)]);
    guardrails.declare([drawn({}), version(second)]);
    const judge = (number: string) =>
      guardrails
        .find({ guardrailIdentifier: 'abcdefghijkl', guardrailVersion: number })
        .judge('acme', 'input').kind;
    expect([judge(first), judge(second)]).toEqual(['blocked', 'passed']);
    guardrails.declare([]);
    expect(() => judge(second)).toThrow('does not exist');
  });
});
