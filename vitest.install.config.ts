import { defineConfig } from 'vitest/config';

// The install tests. They need Python, npm and Docker, so `npm test` excludes them: npm run test:install
// CI adds up the results of all runs.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/install/**/*.test.ts'],
    globalSetup: 'integration_tests/install/artifacts.ts',
    // The README's commands rebuild the packages that the others install.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
