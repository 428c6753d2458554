import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryParameters } from '../audit/query.ts';
import type { FaultList } from '../faults/fault-list.ts';
import { deliver } from '../faults/deliver.ts';
import { type Answer, notFound, tooMany, unauthorized } from './answers.ts';
import type { Quota } from './quota.ts';
import type { Route } from './routes.ts';
import type { Statistics } from './statistics.ts';

/** The version of the API, which is in every path. */
export const VERSION_PATH = '/2016-07';

export interface ApiParts {
  readonly token: string;
  readonly latencyMs: number;
  readonly routes: Readonly<Record<string, Route>>;
  readonly faults: FaultList;
  readonly quota: Quota;
  readonly statistics: Statistics;
  /** Makes old ones of all cursors handed out so far. */
  forgetCursors(): void;
}

interface Parameters {
  readonly id?: string;
  readonly other?: string;
}

/** The path as faults and statistics name it: below the version, without query, trailing and doubled slashes. */
const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path
    .replaceAll(/\/+/g, '/')
    .slice(VERSION_PATH.length)
    .replace(/(?<=.)\/$/, '');
};

/** Serves the API: each request is counted, made to wait, checked for its token and the quota, answered. */
export const serveApi = (app: FastifyInstance, parts: ApiParts): void => {
  const { statistics, faults, quota } = parts;
  const bearer = `Bearer ${parts.token}`;

  const refusalOf = (request: FastifyRequest): Answer | undefined => {
    if (request.headers.authorization !== bearer) return unauthorized();
    const wait = quota.take();
    return wait === undefined ? undefined : tooMany(wait);
  };

  const answer = (request: FastifyRequest, reply: FastifyReply, route: Route, path: string): void => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return deliver(request, reply, refusal);
    const { id = '', other = '' } = request.params as Parameters;
    const fault = faults.take(path);
    if (fault?.kind === 'forget-cursors') parts.forgetCursors();
    return deliver(request, reply, route(id, other, request.query as QueryParameters), fault);
  };

  const serve = (request: FastifyRequest, reply: FastifyReply, route: Route): void => {
    const path = pathOf(request.url);
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
  };

  for (const [path, route] of Object.entries(parts.routes)) {
    app.get(VERSION_PATH + path, (request, reply) => serve(request, reply, route));
  }
  app.setNotFoundHandler((request, reply) => serve(request, reply, notFound));
};
