import type { core } from 'zod';

/** What is wrong, after the name of the field. */
export const faultText = (issue: core.$ZodIssue): string =>
  `${issue.path.map(String).join('.') || 'it'} ${problemOf(issue)}`;

/** What is wrong with a field, to be said after its name: the validator's own wording reaches nobody. */
export function problemOf(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `is missing, or not of the type ${issue.expected}`;
    case 'unrecognized_keys':
      return `has unknown keys (${issue.keys.join(', ')})`;
    case 'too_small':
      return `is too small, less than ${issue.minimum}`;
    case 'too_big':
      return `is too large, more than ${issue.maximum}`;
    case 'invalid_value':
      return `is none of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message.startsWith('Invalid') ? 'has another form than it may have' : issue.message;
  }
}
