import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate authority of a test's own, which signs for a server's names; nothing on the machine trusts it. */
export interface TestAuthority {
  /** The certificate that a client trusts, in PEM. */
  readonly certificate: string;
  /** A server's certificate for DNS names, with its key, in PEM. */
  issue(names: readonly string[]): { certificate: string; key: string };
}

const validity = ['250101000000Z', '491231235959Z'] as const;

export function createTestAuthority(name: string): TestAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certify = (subject: string, publicKey: KeyObject, extension: Buffer): string => {
    const body = sequence(
      tagged(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      commonName(name),
      sequence(...validity.map((time) => tagged(0x17, Buffer.from(time)))),
      commonName(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      tagged(0xa3, sequence(extension)),
    );
    const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, authority.privateKey)]));
    return toPem(sequence(body, ecdsaWithSha256, signature));
  };
  return {
    certificate: certify(name, authority.publicKey, extensionOf(basicConstraints, sequence(isTrue))),
    issue(names) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const dnsNames = sequence(...names.map((dnsName) => tagged(0x82, Buffer.from(dnsName))));
      return {
        certificate: certify(names[0] ?? name, publicKey, extensionOf(subjectAltName, dnsNames)),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

// The few parts of X.509 (RFC 5280) that a client looks at, in DER.
const ecdsaWithSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const commonNameId = Buffer.from('0603550403', 'hex');
const basicConstraints = Buffer.from('0603551d13', 'hex');
const subjectAltName = Buffer.from('0603551d11', 'hex');
const isTrue = Buffer.from('0101ff', 'hex');

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(commonNameId, tagged(0x0c, Buffer.from(name)))));
}

function extensionOf(id: Buffer, value: Buffer): Buffer {
  return sequence(id, isTrue, tagged(0x04, value));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
