import { addressProblem } from '../../../http/address.ts';

/** Every address that is ever asked, apart from the region in it (icd-api.md 1.4). No address comes out of a body. */
export const DEFAULT_ENDPOINTS = {
  iam: 'https://iam.cloud.ibm.com',
  resource_controller: 'https://resource-controller.cloud.ibm.com',
  databases: 'https://api.{region}.databases.cloud.ibm.com/v5/ibm',
  billing: 'https://billing.cloud.ibm.com',
  accounts: 'https://accounts.cloud.ibm.com',
  logs: 'https://{instance}.api.{region}.logs.cloud.ibm.com',
} as const;

export type EndpointName = keyof typeof DEFAULT_ENDPOINTS;
export type Endpoints = Readonly<Record<EndpointName, string>>;

/** What each address must hold, for the part of it that differs. */
const PLACEHOLDERS: Readonly<Partial<Record<EndpointName, readonly string[]>>> = {
  databases: ['{region}'],
  logs: ['{region}', '{instance}'],
};

/** What is wrong with an address in place of IBM's, as the end of a sentence about it; undefined if nothing is. */
export function endpointProblem(name: EndpointName, text: string): string | undefined {
  const missing = PLACEHOLDERS[name]?.find((placeholder) => !text.includes(placeholder));
  if (missing !== undefined) return `must hold ${missing}, which stands for the ${missing.slice(1, -1)}`;
  return addressProblem(filled(text), DEFAULT_ENDPOINTS[name]);
}

/** Where the databases of a region are asked. The region must have been checked. */
export function databasesAt(endpoints: Endpoints, region: string): string {
  return endpoints.databases.replaceAll('{region}', region);
}

/** Where a Logs instance is asked. Region and GUID must have been checked. */
export function logsAt(endpoints: Endpoints, region: string, instance: string): string {
  return endpoints.logs.replaceAll('{region}', region).replaceAll('{instance}', instance);
}

function filled(text: string): string {
  return text.replaceAll('{region}', 'us-south').replaceAll('{instance}', '0');
}
