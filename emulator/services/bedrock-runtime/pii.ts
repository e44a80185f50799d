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
export const PII: Readonly<Record<string, Recognizer | undefined>> = {
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
