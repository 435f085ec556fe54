import { BlockList, isIP } from 'node:net';
import { Type } from '@tasktracker/schema';

/**
 * Networks as an operator writes them: CIDRs or single addresses, IPv4 or IPv6, comma-separated; blanks around them and
 * an empty text are fine. Throws RangeError for anything else.
 */
export function parseNetworks(text: string): BlockList {
  const networks = new BlockList();
  for (const network of text.trim() === '' ? [] : text.split(',')) addNetwork(networks, network.trim());
  return networks;
}

function addNetwork(networks: BlockList, network: string): void {
  const [address = '', prefix, ...rest] = network.split('/');
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  const longest = family === 'ipv4' ? 32 : 128;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest);
  if (isIP(address) === 0 || address.includes('%') || !isPrefix || rest.length > 0) {
    throw new RangeError(`${network} is not a network`);
  }
  networks.addSubnet(address, prefix === undefined ? longest : Number(prefix), family);
}

const ipv4 = '((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}[0-9]{1,3}(/0{0,2}(3[0-2]|[12]?[0-9]))?';
const ipv6 = '[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/0{0,2}(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?';
const network = String.raw`\s*(${ipv4}|${ipv6})\s*`;

/** A variable that `parseNetworks` can read. What fits no `chartPattern` is refused by the chart already. */
export const networkList = Type.Refine(
  Type.String({
    default: '',
    chartPattern: String.raw`^\s*$|^${network}(,${network})*$`,
    description: 'networks of proxies whose X-Forwarded-For is trusted, comma-separated',
  }),
  (text) => {
    try {
      parseNetworks(text);
      return true;
    } catch {
      return false;
    }
  },
  () => 'must be addresses or networks such as 10.0.0.0/8',
);
