import { defineConfig } from 'vitest/config';

// `npm run test:container` tests the image. These tests need Docker, so `npm test` excludes them. CI adds up the results in the folder
// $RESULTS.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/container/**/*.test.ts'],
    globalSetup: 'integration_tests/container/docker.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
