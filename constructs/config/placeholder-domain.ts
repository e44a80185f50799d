/** Names reserved for documentation and tests (RFC 2606, RFC 6761), which nobody can own. */
const RESERVED = /(^|\.)(example\.(com|net|org)|example|invalid|test|localhost|local)$/;

/** A certificate for such a name waits for its validation in vain: ACM gives up after 75 minutes. */
export const isPlaceholderDomain = (domain: string): boolean => RESERVED.test(domain);
