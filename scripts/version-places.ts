/** A file that repeats the version in package.json, and a pattern that finds the version. */
export interface VersionPlace {
  file: string;
  /** Matches only the version, not the text before it. */
  pattern: RegExp;
}

/** The files that repeat the version, because their tools can't read package.json. */
export const VERSION_PLACES: readonly VersionPlace[] = [
  { file: 'metadata.yaml', pattern: /(?<=^ {2}dockerImageTag: )\S+$/gm },
  { file: 'Dockerfile', pattern: /(?<=\b(?:io\.airbyte|org\.opencontainers\.image)\.version=")[^"]*/g },
];
