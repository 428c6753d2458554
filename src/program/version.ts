import manifest from '../../package.json' with { type: 'json' };

/** The release, from package.json: the one place that holds it. */
export const VERSION: string = manifest.version;
