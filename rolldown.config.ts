import { chmodSync } from 'node:fs';
import { join } from 'node:path';
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

/** Declares the files as ES modules, wherever they are copied. Otherwise, Node.js would have to detect their type at every start. */
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

/** The parts of undici that the program uses. Loading all of undici would add 10 ms to every start. */
const UNDICI = `
require('undici/lib/dispatcher/dispatcher.js').prototype.connect = require('undici/lib/api/api-connect.js');
exports.Pool = require('undici/lib/dispatcher/pool.js');
exports.buildConnector = require('undici/lib/core/connect.js');
`;

/**
 * The modules to replace in the bundle, and the code that replaces them. Without HTTP/2, which undici uses only on request, the program
 * starts 4 ms faster.
 */
const REPLACED: Record<string, string> = {
  undici: UNDICI,
  'node:http2': 'module.exports = { constants: {} };',
};

const replaced: Plugin = {
  name: 'replaced',
  resolveId: (id) => (Object.hasOwn(REPLACED, id) ? join(import.meta.dirname, `virtual:${id}`) : undefined),
  load: (id) => {
    const code = REPLACED[id.slice(join(import.meta.dirname, 'virtual:').length)];
    return code === undefined ? undefined : { code, moduleType: 'js' };
  },
};

// Splits the programs into chunks, so that each command loads only the code that it needs.
export default defineConfig({
  input: { 'source-compose': 'src/bin/source-compose.ts', 'tap-compose': 'src/bin/tap-compose.ts' },
  platform: 'node',
  plugins: [licenses, description, executable, replaced],
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
