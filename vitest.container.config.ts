import { defineConfig } from 'vitest/config';

// The tests of the image, run by `npm run test:container`. They need Docker, so `npm test` excludes them. CI adds up
// the results of all runs.
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
