import { afterAll } from 'vitest';
import { forgetCredentials } from '../src/text/credentials.ts';

// The test files of a worker share a process, and therefore also the registered credentials.
afterAll(forgetCredentials);
