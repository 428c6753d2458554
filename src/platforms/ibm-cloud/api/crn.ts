/** The parts of a CRN that anything is derived from (icd-api.md 1.5). */
export interface Crn {
  /** `databases-for-postgresql` */
  service: string;
  /** `us-south`; empty where it has none. Not checked. */
  region: string;
  /** The account's id; empty where the scope is none. */
  account: string;
  /** The GUID of the instance. */
  instance: string;
}

export const GUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/** A region as it may stand in the name of a host: whatever else a CRN holds there must not lead to a stranger. */
const REGION = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_REGION = 63;

/** Undefined if the text has fewer than ten segments, or does not begin as a CRN does. */
export function parseCrn(text: string): Crn | undefined {
  const [prefix, version, , , service = '', region = '', scope = '', instance = '', ...rest] = text.split(':');
  if (prefix !== 'crn' || version !== 'v1' || rest.length < 2) return undefined;
  return { service, region, account: scope.startsWith('a/') ? scope.slice(2) : '', instance };
}

export function isRegion(text: string): boolean {
  return text.length <= MAX_REGION && REGION.test(text);
}
