/** A file that repeats the version of package.json, and where. */
export interface VersionPlace {
  file: string;
  /** The text before the version, and where the version ends. */
  pattern: RegExp;
}

/** No tool reads package.json there, so these files repeat the version. */
export const VERSION_PLACES: readonly VersionPlace[] = [
  { file: 'metadata.yaml', pattern: /(?<=^ {2}dockerImageTag: )\S+$/gm },
  { file: 'Dockerfile', pattern: /(?<=\b(?:io\.airbyte|org\.opencontainers\.image)\.version=")[^"]*/g },
];
