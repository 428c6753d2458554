import manifest from '../../package.json' with { type: 'json' };

/** The release, from package.json, the only place that defines it. */
export const VERSION: string = manifest.version;
