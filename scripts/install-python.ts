import { makeEnvironments } from '../test-support/python.ts';

// `npm run install:python` installs the Python packages for all tests. Without this step, each test installs the
// packages that it needs.

await makeEnvironments();
