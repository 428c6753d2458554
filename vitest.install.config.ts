import { defineConfig } from 'vitest/config';

// `npm run test:install` runs the install tests, which need Python, npm and Docker. `npm test` excludes them. CI adds up the results in the
// folder $RESULTS.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/install/**/*.test.ts'],
    globalSetup: 'integration_tests/install/artifacts.ts',
    // The files don't run in parallel, because the README's commands rebuild the packages that other tests install.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
