import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';
import { isObject } from './json-schema.ts';

// The sample files contain placeholders, because the sandbox uses a free port and the repository must not contain a
// token.
const token = 'filled-in-at-run-time';
const host = 'filled-in-at-run-time.localhost';
// If an object's key is this placeholder, the entry is repeated for each deployment.
const deployment = 'every-deployment-at-run-time';

/** The sandbox's values, which replace the placeholders. */
export interface SandboxValues {
  readonly baseUrl: string;
  readonly token: string;
  readonly deploymentIds: readonly string[];
}

export function fillIn(content: unknown, values: SandboxValues): unknown {
  if (content === token) return values.token;
  if (typeof content === 'string' && URL.canParse(content) && new URL(content).hostname === host) return values.baseUrl;
  if (Array.isArray(content)) return content.map((item: unknown) => fillIn(item, values));
  if (!isObject(content)) return content;
  const entries = Object.entries(content).flatMap(([key, value]) => {
    const keys = key === deployment ? values.deploymentIds : [key];
    return keys.map((name) => [name, fillIn(value, values)] as const);
  });
  return Object.fromEntries(entries);
}

/** Reads a sample file, named without `.json`, and replaces its placeholders. */
export function sampleFile(name: string, values: SandboxValues): object {
  const text = readFileSync(join(ROOT, 'integration_tests', `${name}.json`), 'utf8');
  return fillIn(JSON.parse(text), values) as object;
}
