import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

/** The parts of a CycloneDX document used here. */
export interface Sbom {
  metadata: { component: { name: string; 'bom-ref': string } };
  components: Array<{ name: string; version: string; 'bom-ref': string; properties?: unknown }>;
  dependencies: Array<{ ref: string; dependsOn: string[] }>;
}

/**
 * Returns a CycloneDX SBOM that lists the bundled packages, with their hashes and licenses. npm lists all development
 * packages, because the package has no dependencies. This function keeps only the packages in the build's license file,
 * and throws if npm's list lacks one of them.
 */
export function makeSbom(): Sbom {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--workspaces=false'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  const licenses = readFileSync(new URL('../dist/THIRD_PARTY_LICENSES.txt', import.meta.url), 'utf8');
  return onlyBundled(JSON.parse(stdout) as Sbom, bundledPackages(licenses));
}

/** The packages in the text from `thirdPartyLicenses`, as `name@version`. */
export function bundledPackages(licenses: string): string[] {
  const parts = licenses.split(/^-{80}\n\n/m);
  return parts.map((part) => (part.split('\n')[0] ?? '').replace(/ (?=[^ ]+$)/, '@'));
}

function onlyBundled(all: Sbom, bundled: readonly string[]): Sbom {
  const components = all.components.filter(({ name, version }) => bundled.includes(`${name}@${version}`));
  const missing = bundled.filter((one) => !components.some(({ name, version }) => one === `${name}@${version}`));
  if (missing.length > 0) throw new Error(`npm sbom does not list ${missing.join(', ')}`);
  const refs = new Set([all.metadata.component['bom-ref'], ...components.map((each) => each['bom-ref'])]);
  return {
    ...all,
    // Replace the name, because npm uses the folder's name.
    metadata: { ...all.metadata, component: { ...all.metadata.component, name: manifest.name } },
    // Remove npm's properties, which mark these packages as development packages.
    components: components.map((component) => ({ ...component, properties: [] })),
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) })),
  };
}
