import { type Answer, json } from '../platform.ts';

/** The first path segment of each service in the sandbox. */
export const SERVICES = [
  'iam',
  'resource-controller',
  'databases',
  'billing',
  'accounts',
  'users',
  'logs',
  'search',
  'cbr',
  'atracker',
] as const;

/** The query API's names for HTTP statuses (icd-api.md, 2.10). */
const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request_or_unspecified',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  422: 'unprocessable_entity',
  429: 'resource_exhausted',
  500: 'method_internal_error',
};

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The request is not valid.',
  401: 'Token is expired',
  403: 'You are not authorized to do this.',
  404: 'There is no such thing.',
  410: 'The instance has been removed.',
  422: 'Not supported for this type of deployment.',
  429: 'Too many requests.',
};

const TRACE = '0123456789abcdef0123456789abcdef';

const GATEWAY = '<html><head><title>503 Service Unavailable</title></head><body>503</body></html>\n';

/** Returns an error response in the format of the service that the path belongs to (icd-api.md, 1.2). */
export type Refuse = (path: string, status: number, text?: string) => Answer;

export const errorBody: Refuse = (path, status, text) => {
  const message = text ?? MESSAGES[status] ?? `a fault simulated by the sandbox: ${status}`;
  const [, service = ''] = path.split('/');
  switch (service) {
    case 'iam':
      return iamError(path, status, message);
    case 'resource-controller':
      return controllerError(status, message);
    case 'databases':
      return json(status, { errors: text ?? CODES[status] ?? 'internal_server_error' });
    case 'logs':
      return json(status, handbook(status, message, status === 504 ? 'deadline_exceeded' : undefined));
    case 'billing':
    case 'accounts':
    case 'users':
    case 'search':
    case 'cbr':
    case 'atracker':
      return json(status, handbook(status, message));
    default:
      // The path belongs to no IBM service. Respond like a gateway.
      return { status, body: '404 page not found\n', type: 'text/plain; charset=utf-8' };
  }
};

function iamError(path: string, status: number, message: string): Answer {
  if (status === 503) return { status, body: GATEWAY, type: 'text/html; charset=utf-8' };
  if (path.endsWith('/identity/token'))
    return tokenError(status, status === 400 ? 'BXNIM0415E' : 'BXNIM0001E', message);
  if (path.includes('/policies') || path.includes('/roles')) return json(status, handbook(status, message));
  const errors = [{ code: CODES[status] ?? 'unspecified', message_code: 'BXNIM0407E', message, details: message }];
  // In IAM's errors, `status_code` is a string.
  return json(status, { context: context(path), errors, trace: TRACE, status_code: String(status) });
}

/** An error response of the token endpoint (icd-api.md, 1.1). */
export function tokenError(status: number, errorCode: string, errorMessage: string): Answer {
  const errorDetails = `More about ${errorCode}`;
  return json(status, { errorCode, errorMessage, errorDetails, context: context('/identity/token') });
}

function context(url: string): object {
  return { requestId: TRACE, requestType: 'incoming', url, instanceId: 'sandbox', host: 'sandbox', locale: 'en_US' };
}

function controllerError(status: number, message: string): Answer {
  const error_code = status === 401 ? 'RC-IamErrorResponse' : `RC-${status}`;
  return json(status, { error_code, message, status_code: status, transaction_id: `bss-${TRACE}` });
}

function handbook(status: number, message: string, code = CODES[status] ?? 'unspecified'): object {
  const more_info = 'https://cloud.ibm.com/docs';
  const error = { code, message, more_info, target: { type: 'parameter', name: 'id' } };
  return { errors: [error], trace: TRACE, status_code: status };
}
