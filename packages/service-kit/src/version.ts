import manifest from '../package.json' with { type: 'json' };

/** The release: every workspace carries the same one. */
export const version: string = manifest.version;
