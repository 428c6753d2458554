import { afterAll } from 'vitest';
import { forgetCredentials } from '../src/text/credentials.ts';

// A worker's test files share a process and its registered credentials.
afterAll(forgetCredentials);
