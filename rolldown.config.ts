import { chmodSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';
import manifest from './package.json' with { type: 'json' };
import { thirdPartyLicenses } from './scripts/third-party-licenses.ts';

/** Writes the licenses of all bundled packages, as the licenses themselves require. */
const licenses: Plugin = {
  name: 'licenses',
  generateBundle() {
    const source = thirdPartyLicenses(this.getModuleIds());
    this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_LICENSES.txt', source });
  },
};

/** Declares the files as modules, wherever they are copied. Otherwise, Node.js would detect the type at every start. */
const description: Plugin = {
  name: 'description',
  generateBundle() {
    const { name, version, license, type } = manifest;
    const source = `${JSON.stringify({ name, version, license, type }, null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'package.json', source });
  },
};

/** Makes the files executable, without chmod(1), which some systems with npm lack. */
const executable: Plugin = {
  name: 'executable',
  writeBundle() {
    for (const path of Object.values(manifest.bin)) chmodSync(path, 0o755);
  },
};

/**
 * Omits HTTP/2, which undici uses only on request. undici supports a Node.js without HTTP/2, and loading it takes 4 ms
 * at every start.
 */
const withoutHttp2: Plugin = {
  name: 'without-http2',
  resolveId: (id) => (id === 'node:http2' ? '\0http2' : undefined),
  load: (id) => (id === '\0http2' ? { code: 'module.exports = { constants: {} };', moduleType: 'js' } : undefined),
};

// The programs are split into chunks: each program stays small and loads a command only when it runs, so that `spec`
// starts at once.
export default defineConfig({
  input: { 'source-compose': 'src/bin/source-compose.ts', 'tap-compose': 'src/bin/tap-compose.ts' },
  platform: 'node',
  plugins: [licenses, description, executable, withoutHttp2],
  // undici uses this only to compare its Headers with Node's, which loads Node's own undici and takes 10 ms at every
  // start.
  transform: { define: { 'globalThis.Headers': 'undefined' } },
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
