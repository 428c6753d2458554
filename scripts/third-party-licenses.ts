import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the licenses of all packages in a bundle, as a single text. Throws if a package has no license. */
export function thirdPartyLicenses(moduleIds: Iterable<string>): string {
  const folders = new Set([...moduleIds].filter((id) => id.includes('/node_modules/')).map(packageFolder));
  const texts = [...folders].toSorted().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no license file`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The package folder of a module: the nearest folder whose package.json has a version. */
function packageFolder(id: string): string {
  for (let folder = dirname(id.replace(/^\0/, '')); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && 'version' in (JSON.parse(readFileSync(manifest, 'utf8')) as object)) return folder;
  }
  throw new Error(`${id} belongs to no package`);
}
