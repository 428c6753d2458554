import { defineConfig } from 'rolldown';

// The program is split: `main` stays tiny and loads a command only when it runs, so that `spec` starts at once.
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    chunkFileNames: '[name].js',
  },
});
