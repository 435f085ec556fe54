import { domainToASCII } from 'node:url';

const atom = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+$/u;
/** Letters, digits, hyphens, and the dots of all scripts. Node would undo percent escapes in anything else. */
const domainCharacters = /^[\p{L}\p{M}\p{N}.。．｡-]+$/u;
/** Invisible, and dropped by IDNA: one host would have any number of spellings. */
const ignored = /\p{Default_Ignorable_Code_Point}/u;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const longestLocalPart = 64;
const longestDomain = 253;

/**
 * Whether a text is an address as people write it (RFC 5321, 6531), in time linear in its length: a dot-atom of at most
 * 64 code points, `@`, and a domain name (IDNA) of at least two labels whose last begins with a letter. No quotes,
 * comments, display names or address literals.
 */
export function isEmailAddress(text: string): boolean {
  const [localPart, domain, ...rest] = text.split('@');
  if (localPart === undefined || domain === undefined || rest.length > 0) return false;
  return isLocalPart(localPart) && isDomain(domain);
}

function isLocalPart(text: string): boolean {
  return [...text].length <= longestLocalPart && text.split('.').every((part) => atom.test(part));
}

function isDomain(text: string): boolean {
  if (!domainCharacters.test(text) || ignored.test(text)) return false;
  const ascii = domainToASCII(text); // empty for what IDNA does not allow
  const labels = ascii.split('.');
  const isNamed = labels.length >= 2 && /^[a-z]/.test(labels.at(-1) ?? '');
  return isNamed && ascii.length <= longestDomain && labels.every((label) => domainLabel.test(label));
}
