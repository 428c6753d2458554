import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { bundledPackages, makeSbom } from './sbom.ts';

test('the bill of materials lists the packages in the bundle, and no development packages', () => {
  const { metadata, components, dependencies } = makeSbom();
  expect(metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
  const licenses = readFileSync('dist/THIRD_PARTY_LICENSES.txt', 'utf8');
  const found = components.map(({ name, version }) => `${name}@${version}`);
  expect(found.toSorted()).toEqual(bundledPackages(licenses).toSorted());
  for (const name of ['undici', 'zod', 'pino', 'fastest-levenshtein'] as const) {
    expect(found).toContain(`${name}@${manifest.devDependencies[name]}`);
  }
  expect(found.filter((name) => /^(vitest|typescript|fastify)@/.test(name))).toEqual([]);
  for (const component of components) expect(component).toMatchObject({ hashes: [{ alg: 'SHA-512' }] });
  const refs = new Set([metadata.component['bom-ref'], ...components.map((each) => each['bom-ref'])]);
  for (const { ref, dependsOn } of dependencies) for (const each of [ref, ...dependsOn]) expect(refs).toContain(each);
});
