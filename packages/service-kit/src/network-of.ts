/**
 * Whom an address belongs to, as far as limits go: an IPv4 address is itself; of IPv6 the /64 counts, within which a
 * host has as many addresses as it likes. For addresses in their plain form.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const end = right === '' ? [] : right.split(':');
    while (groups.length + end.length < 8) groups.push('0');
    groups.push(...end);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
