interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * The text of package-lock.json with a new folder of the workspace, as `npm install` would write it. Its dependencies
 * must already be there, at those versions.
 */
export function withWorkspace(lock: string, folder: string, { name, version, ...manifest }: Manifest): string {
  const parsed: { packages: Record<string, object> } = JSON.parse(lock);
  const { dependencies, devDependencies } = manifest;
  const packages = Object.entries({
    ...parsed.packages,
    [folder]: { name, version, ...(dependencies && { dependencies }), ...(devDependencies && { devDependencies }) },
    [`node_modules/${name}`]: { resolved: folder, link: true },
  });
  packages.sort(([one], [other]) => one.localeCompare(other, 'en'));
  return `${JSON.stringify({ ...parsed, packages: Object.fromEntries(packages) }, null, 2)}\n`;
}
