import { makeEnvironments } from '../test-support/python.ts';

// `npm run install:python` installs the Python packages for all tests. Otherwise, each test installs its own packages.

await makeEnvironments();
