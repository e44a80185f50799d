/** Characters (Unicode code points) a question may have. */
export const MAX_QUESTION_CHARACTERS = 8_000;

/**
 * Characters of a body as a mapping template has it: JSON in ASCII, with everything else as escapes. So many are 160,000
 * English letters, or 26,000 Chinese characters. The longest valid question, 8,000 characters outside the Basic
 * Multilingual Plane that the caller wrote as JSON escapes, has 112,000; StartSyncExecution takes 262,144 bytes, in
 * which the answer has to find room, too.
 */
export const MAX_ESCAPED_BODY = 160_000;

/** Spaces, controls, and what has no picture of its own, such as a zero-width space or a direction mark. */
const INVISIBLE = /^[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * Whether a text has no visible character. Java and Python call some characters blank that JavaScript's `trim` keeps
 * (U+001C to U+001F), and Bedrock refuses a text of nothing else.
 */
export const isBlank = (text: string): boolean => INVISIBLE.test(text);

/** `general`, `finance_deep`, ...: what a caller may name in `type`. */
export const REQUEST_TYPE_PATTERN = /^[A-Za-z0-9_.-]{1,64}$/;

/** The request type of a caller who names none. */
export const DEFAULT_REQUEST_TYPE = 'general';
