import { makeEnvironments } from '../test-support/python.ts';

// `npm run install:python`: installs what the tests with Python need, which otherwise each of them does for itself.

await makeEnvironments();
