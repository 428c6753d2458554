import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes the sandbox's config to a file that only its owner can read. Replaces the config of an earlier sandbox on this
 * host. Throws instead of replacing any other file, which may contain a real account's key.
 */
export function writeConfig(file: string, config: object, host: string): void {
  if (existsSync(file) && !readFileSync(file, 'utf8').includes(`"http://${host}:`)) {
    throw new Error(`${file} exists and is not the config of a sandbox; name another file after --config`);
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(config)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}
