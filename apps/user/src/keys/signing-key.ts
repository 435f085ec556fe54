/** A key pair that signs access tokens for a while. Times of all keys together tell which one signs. */
export interface SigningKey {
  /** RFC 7638 thumbprint of the public half. */
  readonly kid: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** PKCS#8, PEM, sealed. */
  readonly sealedPrivateKey: Uint8Array<ArrayBuffer>;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** The longest lifetime of a token that this key may have signed. */
  readonly longestTokenSeconds: number;
}

export interface RotationRules {
  /** How long one key signs. */
  readonly rotationMs: number;
  /** How long a key is published before it signs, so that every verifier has it by then. */
  readonly publishLeadMs: number;
}

/** Replicas whose clocks differ, and verifiers between two polls, still find a key this long after its last token. */
const retirementMarginMs = 60_000;

type Timed = Pick<SigningKey, 'signsFrom'>;

function newest<K extends Timed>(keys: readonly K[]): K | undefined {
  return keys.reduce<K | undefined>((best, key) => (best && best.signsFrom >= key.signsFrom ? best : key), undefined);
}

/** The key that signs at this moment: the one that began last. */
export function currentKey<K extends Timed>(keys: readonly K[], now: Date): K | undefined {
  return newest(keys.filter((key) => key.signsFrom <= now));
}

/** When a key that must be made now begins to sign; undefined while no new key is due. The very first signs at once. */
export function nextKeyStart(keys: readonly Timed[], now: Date, rules: RotationRules): Date | undefined {
  const latest = newest(keys);
  if (latest === undefined) return now;
  const turn = latest.signsFrom.getTime() + rules.rotationMs;
  if (now.getTime() < turn - rules.publishLeadMs) return undefined;
  return new Date(Math.max(turn, now.getTime() + rules.publishLeadMs));
}

/**
 * The keys whose last token has expired for everybody: nothing needs them any more. Oldest first and without a gap,
 * since a key's time ended when the next one's began.
 */
export function retiredKeys(keys: readonly SigningKey[], now: Date): SigningKey[] {
  const byStart = keys.toSorted((one, other) => one.signsFrom.getTime() - other.signsFrom.getTime());
  const needed = byStart.findIndex((key, index) => {
    const successor = byStart[index + 1];
    if (successor === undefined) return true;
    const lastExpiry = successor.signsFrom.getTime() + key.longestTokenSeconds * 1000;
    return now.getTime() <= lastExpiry + retirementMarginMs;
  });
  return byStart.slice(0, needed);
}
