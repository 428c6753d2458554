import { addressProblem } from '../../../http/address.ts';

/**
 * The default addresses of the APIs (icd-api.md 1.4). The connector sends requests only to these or configured addresses, never to an
 * address from a response.
 */
export const DEFAULT_ENDPOINTS = {
  iam: 'https://iam.cloud.ibm.com',
  resource_controller: 'https://resource-controller.cloud.ibm.com',
  databases: 'https://api.{region}.databases.cloud.ibm.com/v5/ibm',
  billing: 'https://billing.cloud.ibm.com',
  accounts: 'https://accounts.cloud.ibm.com',
  users: 'https://user-management.cloud.ibm.com',
  logs: 'https://{instance}.api.{region}.logs.cloud.ibm.com',
  search: 'https://api.global-search-tagging.cloud.ibm.com',
  cbr: 'https://cbr.cloud.ibm.com',
  // Every region's endpoint covers the whole account.
  atracker: 'https://us-south.atracker.cloud.ibm.com',
} as const;

export type EndpointName = keyof typeof DEFAULT_ENDPOINTS;
export type Endpoints = Readonly<Record<EndpointName, string>>;

/** An error message that continues after the option's name, or undefined if the address is valid. */
export function endpointProblem(name: EndpointName, text: string): string | undefined {
  const placeholders = ['{region}', '{instance}'].filter((each) => DEFAULT_ENDPOINTS[name].includes(each));
  const missing = placeholders.find((each) => !text.includes(each));
  if (missing !== undefined) return `must contain ${missing}, the placeholder for the ${missing.slice(1, -1)}`;
  return addressProblem(endpointAt(text, 'us-south', '0'), DEFAULT_ENDPOINTS[name]);
}

/** Fills in the placeholders of an address. `region` and `instance` (the GUID of a Logs instance) must be valid. */
export function endpointAt(address: string, region: string, instance = ''): string {
  return address.replaceAll('{region}', region).replaceAll('{instance}', instance);
}
