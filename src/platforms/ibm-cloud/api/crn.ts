/** The parts of a CRN that the connector uses (icd-api.md 1.5). */
interface Crn {
  /** The service, such as `databases-for-postgresql`. */
  service: string;
  /** The unvalidated region, such as `us-south`. */
  region: string;
  /** The account's id, or an empty string if the scope isn't an account. */
  account: string;
  /** The instance's GUID. */
  instance: string;
}

export const GUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/** Matches valid regions. The connector rejects other regions, because the region becomes part of a host name. */
const REGION = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_REGION = 63;

/** Parses a CRN. Returns undefined if the text doesn't begin with `crn:v1:` or has fewer than ten segments. */
export function parseCrn(text: string): Crn | undefined {
  const [prefix, version, , , service = '', region = '', scope = '', instance = '', ...rest] = text.split(':');
  if (prefix !== 'crn' || version !== 'v1' || rest.length < 2) return undefined;
  return { service, region, account: scope.startsWith('a/') ? scope.slice(2) : '', instance };
}

/** The GUID in a CRN, or the id itself if it isn't a CRN. The result is lowercase, because GUIDs are case-insensitive. */
export function guidOf(id: string): string {
  return (parseCrn(id)?.instance ?? id).toLowerCase();
}

export function isRegion(text: string): boolean {
  return text.length <= MAX_REGION && REGION.test(text);
}
