import { type IbmCloudSandbox, type IbmCloudSandboxOptions, startSandbox } from '../server.ts';

/** Starts an IBM Cloud sandbox whose clock shows noon. */
export function startAtNoon(options: Partial<IbmCloudSandboxOptions> = {}): Promise<IbmCloudSandbox> {
  return startSandbox({ now: '2026-11-24T12:00:00Z', queriesPerMinute: 0, ...options, platform: 'ibm_cloud' });
}

/** Requests an IAM token for the sandbox's key, as clients do. */
export async function tokenOf(sandbox: IbmCloudSandbox): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    apikey: sandbox.apiKey,
  });
  const answer = await fetch(`${sandbox.endpoints.iam}/identity/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

export function get({ baseUrl }: IbmCloudSandbox, token: string, path: string): Promise<Response> {
  return fetch(baseUrl + path, { headers: { authorization: `Bearer ${token}` } });
}
