import { validationError } from '../../platform/http/aws-error';
import type { Resource } from '../../stack/resource';
import { type Addressed, blocks, flag, optionalText, text } from '../../stack/values';
import { GUARDRAIL_MISSING_MESSAGE } from '../../platform/faults/modes';

/** `guardrailConfig` of a request. */
export interface GuardrailReference {
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
}

/** What a guardrail makes of a text. */
export type Verdict =
  | { readonly kind: 'passed' }
  /** Some of it is masked. */
  | { readonly kind: 'masked'; readonly text: string }
  /** @param at where what is not allowed begins */
  | { readonly kind: 'blocked'; readonly message: string; readonly at: number };

/** Something that is looked for, and what becomes of it. */
interface Rule {
  readonly pattern: RegExp;
  readonly accepts?: (match: string) => boolean;
  readonly input: Action;
  readonly output: Action;
  /** What takes its place where it is masked: as AWS's answers show it. */
  readonly mask: string;
}
type Action = 'BLOCK' | 'ANONYMIZE' | 'NONE';

/** The policies of one version that can be told by the form of a text: words, regular expressions and some PII. */
export class Guardrail {
  private readonly rules: readonly Rule[];

  constructor(private readonly resource: Resource) {
    this.rules = [...wordRules(resource), ...sensitiveRules(resource)];
  }

  get arn(): string {
    return text(this.resource, 'guardrail_arn');
  }

  judge(subject: string, side: 'input' | 'output'): Verdict {
    const found = this.rules.flatMap((rule) =>
      [...subject.matchAll(rule.pattern)]
        .filter(([match]) => rule.accepts?.(match) ?? true)
        .map(({ index, 0: match }) => ({ at: index, end: index + match.length, rule })),
    );
    const blocked = found
      .filter(({ rule }) => rule[side] === 'BLOCK')
      .sort((one, other) => one.at - other.at);
    if (blocked[0] !== undefined) {
      const argument = side === 'input' ? 'blocked_input_messaging' : 'blocked_outputs_messaging';
      return { kind: 'blocked', message: text(this.resource, argument), at: blocked[0].at };
    }
    const masked = found
      .filter(({ rule }) => rule[side] === 'ANONYMIZE')
      .sort((one, other) => one.at - other.at);
    if (masked.length === 0) return { kind: 'passed' };
    let [result, end] = ['', 0];
    for (const each of masked) {
      if (each.at < end) continue;
      result += subject.slice(end, each.at) + each.rule.mask;
      end = each.end;
    }
    return { kind: 'masked', text: result + subject.slice(end) };
  }
}

/** The guardrails of a region, by their versions. */
export class Guardrails {
  private versions: ReadonlyMap<string, Guardrail> = new Map();

  constructor(resources: readonly Resource[]) {
    this.declare(resources);
  }

  /** What is deployed now. A version never changes, and stays as long as there is its guardrail. */
  declare(resources: readonly Resource[]): void {
    const drawn = resources.filter(({ type }) => type === 'aws_bedrock_guardrail');
    const arns = new Set(drawn.map((resource) => text(resource, 'guardrail_arn')));
    const kept = [...this.versions].filter(([, { arn }]) => arns.has(arn));
    const made = resources
      .filter(({ type }) => type === 'aws_bedrock_guardrail_version')
      .flatMap((version) => {
        const arn = text(version, 'guardrail_arn');
        const guardrail = drawn.find((resource) => text(resource, 'guardrail_arn') === arn);
        return guardrail ? [[keyOf(arn, text(version, 'version')), new Guardrail(guardrail)] as const] : [];
      });
    this.versions = new Map([...made, ...kept]);
  }

  /** @throws AwsError ValidationException where there is none such */
  find({ guardrailIdentifier, guardrailVersion }: GuardrailReference): Guardrail {
    const found = this.versions.get(keyOf(guardrailIdentifier, guardrailVersion));
    if (found !== undefined) return found;
    throw validationError(GUARDRAIL_MISSING_MESSAGE);
  }
}

/** A guardrail is named by its ARN or by the id at its end. */
const keyOf = (identifier: string, version: string) => `${identifier.replace(/^.*\//, '')}:${version}`;

const WORD = '[\\p{L}\\p{N}_]';

/** AWS: an exact match of a word or phrase, in whichever case. */
const wordRules = (guardrail: Resource): readonly Rule[] =>
  blocks(guardrail, 'word_policy_config')
    .flatMap((policy) => blocks(policy, 'words_config'))
    .map((word) => ({
      pattern: new RegExp(`(?<!${WORD})${escaped(text(word, 'text'))}(?!${WORD})`, 'giu'),
      input: 'BLOCK',
      output: 'BLOCK',
      mask: '',
    }));

const escaped = (plain: string) => plain.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('\\-', '\\x2d');

function sensitiveRules(guardrail: Resource): readonly Rule[] {
  const policies = blocks(guardrail, 'sensitive_information_policy_config');
  const kinds = policies.flatMap((policy) => blocks(policy, 'pii_entities_config'));
  const regexes = policies.flatMap((policy) => blocks(policy, 'regexes_config'));
  return [
    ...kinds.flatMap((kind) => {
      const recognizer = PII[text(kind, 'type')];
      return recognizer ? [{ ...recognizer, ...actions(kind), mask: `{${text(kind, 'type')}}` }] : [];
    }),
    ...regexes.map((regex) => ({
      pattern: new RegExp(text(regex, 'pattern'), 'g'),
      ...actions(regex),
      mask: `{${text(regex, 'name')}}`,
    })),
  ];
}

const actions = (of: Addressed): Pick<Rule, 'input' | 'output'> => {
  const on = (side: 'input' | 'output') =>
    flag(of, `${side}_enabled`, true) ? (optionalText(of, `${side}_action`) ?? text(of, 'action')) : 'NONE';
  return { input: on('input') as Action, output: on('output') as Action };
};

/** @returns what of the stack's guardrail only AWS can judge, since it takes a model to */
export function unjudged(guardrail: Resource): readonly string[] {
  const topics = blocks(guardrail, 'topic_policy_config').flatMap((policy) =>
    blocks(policy, 'topics_config'),
  );
  const filters = blocks(guardrail, 'content_policy_config').flatMap((policy) =>
    blocks(policy, 'filters_config'),
  );
  const lists = blocks(guardrail, 'word_policy_config').flatMap((policy) =>
    blocks(policy, 'managed_word_lists_config'),
  );
  const kinds = blocks(guardrail, 'sensitive_information_policy_config')
    .flatMap((policy) => blocks(policy, 'pii_entities_config'))
    .map((kind) => text(kind, 'type'));
  return [
    ...topics.map((topic) => `the topic "${text(topic, 'name')}"`),
    ...[...filters, ...lists].map((filter) => text(filter, 'type')),
    ...kinds.filter((kind) => PII[kind] === undefined),
  ];
}

/** What a kind of PII looks like, and what of that is one. */
interface Recognizer {
  readonly pattern: RegExp;
  readonly accepts?: (match: string) => boolean;
}

/** Of the digits of a card number: https://en.wikipedia.org/wiki/Luhn_algorithm */
function isLuhn(text: string): boolean {
  const digits = Array.from(text.replace(/\D/g, ''), Number).reverse();
  const sum = digits.reduce((total, digit, at) => {
    const doubled = at % 2 === 0 ? digit : digit * 2;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return digits.length >= 13 && digits.length <= 19 && sum % 10 === 0;
}

/** ISO 13616: the remainder of all of it as a number, its letters as 10 to 35 and its beginning at its end, is 1. */
function isIban(text: string): boolean {
  const plain = text.replace(/ /g, '').toUpperCase();
  const digits = (plain.slice(4) + plain.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return BigInt(digits) % 97n === 1n;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';

/**
 * The kinds that are told by their form alone, by their names in Bedrock. AWS recognizes them by models, with their
 * context, and so more and other things: what is found here is what nobody could overlook.
 */
const PII: Readonly<Record<string, Recognizer | undefined>> = {
  // Without the bound, which is that of RFC 5321, a long text without an @ would be read again from each character.
  EMAIL: { pattern: /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g },
  PHONE: { pattern: /(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]\d{3}[ .-]?\d{4}(?!\w)/g },
  CREDIT_DEBIT_CARD_NUMBER: { pattern: /(?<!\w)\d(?:[\s.-]{0,2}\d){12,18}(?!\w)/g, accepts: isLuhn },
  US_SOCIAL_SECURITY_NUMBER: { pattern: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g },
  IP_ADDRESS: {
    pattern: new RegExp(
      `(?<![\\w.])${OCTET}(?:\\.${OCTET}){3}(?![\\w.]*\\d)|\\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\\b`,
      'gi',
    ),
  },
  MAC_ADDRESS: { pattern: /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/gi },
  URL: { pattern: /\bhttps?:\/\/[^\s"'<>]+/gi },
  AWS_ACCESS_KEY: { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  INTERNATIONAL_BANK_ACCOUNT_NUMBER: {
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gi,
    accepts: isIban,
  },
};
