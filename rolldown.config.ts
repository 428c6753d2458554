import { chmodSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';
import { thirdPartyLicenses } from './scripts/third-party-licenses.ts';

/** The bundled packages ask for their licences to come along. */
const licenses: Plugin = {
  name: 'licenses',
  generateBundle() {
    const source = thirdPartyLicenses(this.getModuleIds());
    this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_LICENSES.txt', source });
  },
};

// The program is split: each executable stays small and loads a command only when it runs, so that `spec` starts at once.
export default defineConfig({
  input: { 'source-compose': 'src/bin/source-compose.ts' },
  platform: 'node',
  // It is started by its name; chmod(1) is not everywhere where npm is.
  plugins: [licenses, { name: 'executable', closeBundle: () => chmodSync('dist/source-compose.js', 0o755) }],
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
