import { readFileSync, writeFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };
import { VERSION_PLACES } from './version-places.ts';

// `npm version` runs this: carries package.json's release to the files that repeat it. A test compares them.
for (const { file, pattern } of VERSION_PLACES) {
  const url = new URL(`../${file}`, import.meta.url);
  writeFileSync(url, readFileSync(url, 'utf8').replace(pattern, manifest.version));
}
