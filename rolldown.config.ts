import { chmodSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';
import manifest from './package.json' with { type: 'json' };
import { thirdPartyLicenses } from './scripts/third-party-licenses.ts';

/** The licenses of the bundled packages, which they require. */
const licenses: Plugin = {
  name: 'licenses',
  generateBundle() {
    const source = thirdPartyLicenses(this.getModuleIds());
    this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_LICENSES.txt', source });
  },
};

/** Declares the files as modules, wherever they are copied; otherwise Node.js detects it at every start. */
const description: Plugin = {
  name: 'description',
  generateBundle() {
    const { name, version, license, type } = manifest;
    const source = `${JSON.stringify({ name, version, license, type }, null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'package.json', source });
  },
};

/** The files are executable. Not by chmod(1), which not every system with npm has. */
const executable: Plugin = {
  name: 'executable',
  writeBundle() {
    for (const path of Object.values(manifest.bin)) chmodSync(path, 0o755);
  },
};

/** undici supports a Node.js without HTTP/2, which it uses only on request; loading it costs 4 ms at every start. */
const withoutHttp2: Plugin = {
  name: 'without-http2',
  resolveId: (id) => (id === 'node:http2' ? '\0http2' : undefined),
  load: (id) => (id === '\0http2' ? { code: 'module.exports = { constants: {} };', moduleType: 'js' } : undefined),
};

// The programs are split: each stays small and loads a command only when it runs, so that `spec` starts at once.
export default defineConfig({
  input: { 'source-compose': 'src/bin/source-compose.ts', 'tap-compose': 'src/bin/tap-compose.ts' },
  platform: 'node',
  plugins: [licenses, description, executable, withoutHttp2],
  // undici only compares its Headers with Node's, but that loads the undici inside Node.js: 10 ms at every start.
  transform: { define: { 'globalThis.Headers': 'undefined' } },
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
