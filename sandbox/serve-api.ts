import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { deliver } from './faults/delivery.ts';
import type { FaultList } from './faults/fault.ts';
import type { Answer, Platform, QueryParameters, Route } from './platform.ts';
import type { Quota, Statistics } from './traffic.ts';

export interface ApiParts {
  readonly platform: Platform;
  /** The one token that is accepted. */
  readonly token: string;
  readonly latencyMs: number;
  readonly faults: FaultList;
  readonly quota: Quota;
  readonly statistics: Statistics;
}

interface Parameters {
  readonly id?: string;
  readonly other?: string;
}

/** Serves the API: each request is counted, made to wait, checked for its token and the quota, answered. */
export function serveApi(app: FastifyInstance, parts: ApiParts): void {
  const { platform, statistics, faults, quota } = parts;
  const bearer = `Bearer ${parts.token}`;

  function refusalOf(request: FastifyRequest): Answer | undefined {
    if (request.headers.authorization !== bearer) return platform.refusal(401);
    const wait = quota.take();
    return wait === undefined ? undefined : { ...platform.refusal(429), headers: { 'retry-after': String(wait) } };
  }

  function answer(request: FastifyRequest, reply: FastifyReply, route: Route, path: string): void {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return deliver(platform, request, reply, refusal);
    const fault = faults.take(path);
    if (fault?.kind === 'forget-cursors') platform.forgetCursors();
    const { id = '', other = '' } = request.params as Parameters;
    return deliver(platform, request, reply, route(id, other, request.query as QueryParameters), fault);
  }

  function serve(request: FastifyRequest, reply: FastifyReply, route: Route): void {
    const path = pathOf(request.url, platform.prefix);
    statistics.begin({
      method: request.method,
      path,
      query: request.query as QueryParameters,
      host: request.host,
      authorization: request.headers.authorization !== undefined,
    });
    const { raw } = reply;
    raw.once('close', () => statistics.end(raw.headersSent ? String(raw.statusCode) : 'none'));
    if (parts.latencyMs > 0) setTimeout(answer, parts.latencyMs, request, reply, route, path).unref();
    else answer(request, reply, route, path);
  }

  for (const [path, route] of Object.entries(platform.routes)) {
    app.get(platform.prefix + path, (request, reply) => serve(request, reply, route));
  }
  app.setNotFoundHandler((request, reply) => serve(request, reply, () => platform.refusal(404)));
}

/** The path as faults and statistics name it: below the prefix, without query, doubled slashes and one at the end. */
function pathOf(url: string, prefix: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path
    .replaceAll(/\/+/g, '/')
    .slice(prefix.length)
    .replace(/(?<=.)\/$/, '');
}
