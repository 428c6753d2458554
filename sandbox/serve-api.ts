import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { deliver } from './faults/delivery.ts';
import type { FaultList } from './faults/fault.ts';
import type { Answer, Platform, QueryParameters, Received, Route } from './platform.ts';
import type { Quota, Statistics } from './traffic.ts';

const POST = 'POST ';

export interface ApiParts {
  readonly platform: Platform;
  readonly latencyMs: number;
  readonly faults: FaultList;
  readonly quota: Quota;
  readonly statistics: Statistics;
}

/** Serves the API. Counts and delays each request, checks its token and the quota, and responds. */
export function serveApi(app: FastifyInstance, parts: ApiParts): void {
  const { platform, statistics, faults, quota } = parts;

  function refusalOf(received: Received): Answer | undefined {
    const { path } = received;
    const refused = platform.admit(received);
    if (refused !== undefined) return refused;
    const wait = quota.take(platform.serviceOf(path));
    return wait === undefined
      ? undefined
      : { ...platform.refusal(path, 429), headers: { 'retry-after': String(wait) } };
  }

  function answer(request: FastifyRequest, reply: FastifyReply, route: Route, received: Received): void {
    const refusal = refusalOf(received);
    if (refusal !== undefined) return deliver(platform, request, reply, { answer: refusal, received });
    const fault = faults.take(received.path, platform.accountOf?.(received));
    if (fault?.kind === 'forget-cursors') platform.forgetCursors(received.path);
    if (fault?.kind === 'change') platform.changes[fault.change]?.(fault.numbers ?? {});
    const { id = '', other = '' } = received.parameters;
    const proper = route(id, other, received.query, received);
    return deliver(platform, request, reply, { answer: proper, received }, fault);
  }

  function serve(request: FastifyRequest, reply: FastifyReply, route: Route): void {
    const received: Received = {
      path: pathOf(request.url, platform.prefix),
      parameters: request.params as Received['parameters'],
      query: request.query as QueryParameters,
      headers: request.headers,
      body: request.body,
    };
    statistics.begin({
      method: request.method,
      path: received.path,
      query: received.query,
      host: request.host,
      authorization: request.headers.authorization !== undefined,
      credential: carries(platform.credential, request),
    });
    const { raw } = reply;
    raw.once('close', () => statistics.end(raw.headersSent ? String(raw.statusCode) : 'none'));
    if (parts.latencyMs > 0) setTimeout(answer, parts.latencyMs, request, reply, route, received).unref();
    else answer(request, reply, route, received);
  }

  const form = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(form, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const [path, route] of Object.entries(platform.routes)) {
    const posted = path.startsWith(POST);
    app.route({
      method: posted ? 'POST' : 'GET',
      url: platform.prefix + (posted ? path.slice(POST.length) : path),
      handler: (request, reply) => serve(request, reply, route),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    serve(request, reply, (_id, _other, _query, { path }) => platform.refusal(path, 404));
  });
}

/** Whether a request contains the credential anywhere: in its URL, headers or body. */
function carries(credential: string, { url, headers, body }: FastifyRequest): boolean {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  // Search for the credential unchanged, as encoded in a path, and as encoded in a form.
  const spellings = [
    credential,
    encodeURIComponent(credential),
    new URLSearchParams([['', credential]]).toString().slice(1),
  ];
  return [url, text, ...Object.values(headers).flat()].some((part) =>
    spellings.some((spelling) => part?.includes(spelling)),
  );
}

/**
 * The path as in faults and statistics: without the prefix, the query, repeated slashes and a trailing slash. Colons
 * are decoded, because only some clients encode them. Encoded slashes remain encoded, because they don't separate
 * segments.
 */
function pathOf(url: string, prefix: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path
    .replaceAll(/\/+/g, '/')
    .slice(prefix.length)
    .replaceAll(/%3a/gi, ':')
    .replace(/(?<=.)\/$/, '');
}
