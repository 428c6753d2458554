import { isObject } from './schema-nodes.ts';

// The sandbox takes a free port, and the files of the repository hold no token. So they say this instead, and only
// where they say it does the sandbox's own value come in: a config with another token stays as bad as it is meant to be.
const token = 'filled-in-at-run-time';
const host = 'filled-in-at-run-time.localhost';
// As a key of `marks` it stands for every deployment.
const deployment = 'every-deployment-at-run-time';

/** What the placeholders stand for. */
export interface SandboxValues {
  readonly baseUrl: string;
  readonly token: string;
  readonly deploymentIds: readonly string[];
}

/** Puts the sandbox's values where a file has placeholders. */
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
