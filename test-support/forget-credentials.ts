import { afterAll } from 'vitest';
import { forgetCredentials } from '../src/text/credentials.ts';

// The test files of a worker share a process, and so its registered credentials.
afterAll(forgetCredentials);
