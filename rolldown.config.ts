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

const EXECUTABLES = ['source-compose', 'tap-compose'];

/** They are started by their names; chmod(1) is not everywhere where npm is. */
const executable: Plugin = {
  name: 'executable',
  closeBundle() {
    for (const name of EXECUTABLES) chmodSync(`dist/${name}.js`, 0o755);
  },
};

// The programs are split: each stays small and loads a command only when it runs, so that `spec` starts at once.
export default defineConfig({
  input: Object.fromEntries(EXECUTABLES.map((name) => [name, `src/bin/${name}.ts`])),
  platform: 'node',
  plugins: [licenses, executable],
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
