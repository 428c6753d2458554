import { readFileSync, writeFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };

// Writes the generated files. Tests compare the committed files with newly generated text.
const WRITERS: Readonly<Record<string, (...args: string[]) => Promise<void>>> = {
  /**
   * `npm run docs` writes the generated parts of the pages, the dbt package's staging models, and the entity diagrams.
   */
  async docs() {
    const { PAGE_PATHS, PICTURES, pageUrl, renderPage } = await import('./docs-pages.ts');
    for (const path of PAGE_PATHS) writeFileSync(pageUrl(path), renderPage(path));
    for (const [path, draw] of Object.entries(PICTURES)) writeFileSync(pageUrl(path), await draw());
    const { dbtModels } = await import('./dbt-models.ts');
    for (const [path, text] of Object.entries(dbtModels())) writeFileSync(pageUrl(path), text);
  },
  /**
   * `npm run release:notes -- v0.2.0 FILE` writes the release's section of the changelog. Throws if the tag is wrong, or if the section is
   * missing, undated or empty.
   */
  async notes(tag = '', file = '') {
    const { releaseNotes } = await import('./release-notes.ts');
    const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
    writeFileSync(file, `${releaseNotes(tag, manifest.version, changelog)}\n`);
  },
  /** `npm run sbom -- FILE` writes the bundle's bill of materials. */
  async sbom(file = '') {
    const { makeSbom } = await import('./sbom.ts');
    writeFileSync(file, `${JSON.stringify(makeSbom(), null, 2)}\n`);
  },
  /** `npm run spec` writes spec.json from the config's schema, and the plugin definitions for Meltano. */
  async spec() {
    const { specification } = await import('./specification.ts');
    writeFileSync(new URL('../spec.json', import.meta.url), `${JSON.stringify(specification(), null, 2)}\n`);
    const { PLUGIN_DEFINITIONS, pluginDefinition } = await import('./plugin-definition.ts');
    for (const definition of PLUGIN_DEFINITIONS) writeFileSync(definition.url, pluginDefinition(definition));
  },
  /** `npm run dbt:views` writes the marts as plain views, compiled by dbt. */
  async views() {
    const { VIEW_TARGETS, compileViews, viewsUrl } = await import('./dbt-views.ts');
    for (const target of VIEW_TARGETS) writeFileSync(viewsUrl(target), await compileViews(target));
  },
  /** `npm version` runs this function to write package.json's version to the files that repeat it. */
  async version() {
    const { VERSION_PLACES } = await import('./version-places.ts');
    for (const { file, pattern } of VERSION_PLACES) {
      const url = new URL(`../${file}`, import.meta.url);
      writeFileSync(url, readFileSync(url, 'utf8').replace(pattern, manifest.version));
    }
  },
};

const [what = '', ...args] = process.argv.slice(2);
const write = WRITERS[what];
if (write === undefined) throw new Error(`Specify what to write: ${Object.keys(WRITERS).join(', ')}.`);
await write(...args);
