import manifest from '../../package.json' with { type: 'json' };

/** The release, which only package.json defines. */
export const VERSION: string = manifest.version;
