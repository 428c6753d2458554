/** What a request for audit events may ask, checked. */
export interface AuditQuery {
  readonly limit: number;
  readonly cursor?: string;
  /** Milliseconds since 1970. */
  readonly newerThan?: number;
  readonly olderThan?: number;
}

/** The parameters of a URL; one that stands there twice is a list. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DEFAULT_LIMIT = 50;

/** Reads the parameters of `GET audit_events` (C go, gds-bill); what is wrong with each, as the API's map of lists. */
export const readAuditQuery = (
  parameters: QueryParameters,
  maxLimit: number,
): { query: AuditQuery } | { errors: Record<string, string[]> } => {
  const errors: Record<string, string[]> = {};
  const time = (name: string): number | undefined => {
    const value = parameters[name];
    if (value === undefined) return undefined;
    const parsed = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(parsed)) errors[name] = ['must be an RFC 3339 timestamp'];
    return parsed;
  };
  const limit = parameters['limit'] ?? String(DEFAULT_LIMIT);
  if (typeof limit !== 'string' || !/^[1-9]\d*$/.test(limit)) errors['limit'] = ['must be a positive whole number'];
  const cursor = parameters['cursor'];
  if (cursor !== undefined && typeof cursor !== 'string') errors['cursor'] = ['must be given once'];
  const newerThan = time('newer_than');
  const olderThan = time('older_than');
  if (Object.keys(errors).length > 0) return { errors };
  return {
    query: {
      limit: Math.min(Number(limit), maxLimit),
      ...(typeof cursor === 'string' && { cursor }),
      ...(newerThan !== undefined && { newerThan }),
      ...(olderThan !== undefined && { olderThan }),
    },
  };
};
