import { chmodSync } from 'node:fs';
import { defineConfig } from 'rolldown';

// The program is split: `main` stays tiny and loads a command only when it runs, so that `spec` starts at once.
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  // It is started by its name; chmod(1) is not everywhere where npm is.
  plugins: [{ name: 'executable', closeBundle: () => chmodSync('dist/main.js', 0o755) }],
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
