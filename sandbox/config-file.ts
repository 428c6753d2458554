import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes the sandbox's config to a file that only its owner can read. Replaces only the config of an earlier sandbox on
 * this host. Throws if the file contains anything else, such as a real account's key.
 */
export function writeConfig(file: string, config: object, host: string): void {
  if (existsSync(file) && !readFileSync(file, 'utf8').includes(`"http://${host}:`)) {
    throw new Error(`${file} exists and is not a sandbox's config; specify another file after --config`);
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(config)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}
