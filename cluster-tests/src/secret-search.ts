import { loadYaml, type V1Secret } from '@kubernetes/client-node';

/** Names and e-mail-like identifiers are not secret; everything else in a Secret is. */
const openKeys = new Set(['username']);
const shortest = 8;

/** The values of Secrets, by where they are, in every form in which they could turn up elsewhere. */
export function secretValues(secrets: readonly V1Secret[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { metadata, data = {}, type } of secrets) {
    if (type === 'helm.sh/release.v1') continue; // helm's own record of the manifest, a Secret itself
    for (const [key, encoded] of Object.entries(data)) {
      const raw = Buffer.from(encoded, 'base64').toString('utf8');
      if (openKeys.has(key) || raw.length < shortest) continue;
      for (const form of [raw, encoded, encodeURIComponent(raw)]) values.set(form, `${metadata?.name} ${key}`);
    }
  }
  return values;
}

/** Which values are in which text. */
export function findSecrets(values: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [where, text] of texts) {
    for (const [value, name] of values) if (text.includes(value)) found.push(`${name} in ${where}`);
  }
  return found;
}

/** A rendered manifest without its Secret objects. */
export function withoutSecrets(manifest: string): string {
  const documents = manifest.split(/^---$/m).filter((text) => text.trim() !== '');
  const objects = documents.map((text) => loadYaml<{ kind: string }>(text));
  return JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
}
