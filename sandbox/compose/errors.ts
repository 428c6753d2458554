import { type Answer, json } from '../platform.ts';

export function invalid(errors: Record<string, string[]>): Answer {
  return json(422, { errors });
}

/**
 * The error response for a status, with the given text, if any. The field `errors` has three shapes: text, lists by field, and text by
 * field (compose-api.md, 7.1). No source says which status uses which shape.
 */
export function refusal(status: number, text?: string): Answer {
  if (text !== undefined) return json(status, { errors: { error: text } });
  if (status === 401) return json(401, { errors: 'invalid_token' });
  if (status === 403) return json(403, { errors: { error: 'your role does not allow this' } });
  if (status === 404) return json(404, { errors: 'not_found' });
  if (status === 422) return invalid({ request: ['was refused', 'on purpose'] });
  if (status === 429) return json(429, { errors: 'rate_limited' });
  return json(status, { errors: { error: `a fault simulated by the sandbox: ${status}` } });
}
