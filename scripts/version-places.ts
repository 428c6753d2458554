/** A file that repeats the release of package.json, and the places in it. */
export interface VersionPlace {
  file: string;
  /** What stands before the release, and where it ends. */
  pattern: RegExp;
}

/** No tool reads package.json there, so these repeat it. */
export const VERSION_PLACES: readonly VersionPlace[] = [
  { file: 'metadata.yaml', pattern: /(?<=^ {2}dockerImageTag: )\S+$/gm },
  { file: 'Dockerfile', pattern: /(?<=\b(?:io\.airbyte|org\.opencontainers\.image)\.version=")[^"]*/g },
];
