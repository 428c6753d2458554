import type { z } from 'zod';
import type { Terms } from '../core/failure/terms.ts';
import type { Level } from '../core/output/output.ts';
import type { Skipped } from '../core/retrieval/partitions.ts';
import type { Request } from '../core/stream/request.ts';
import type { Stream } from '../core/stream/stream.ts';
import type { Connection, Exchange } from '../http/client-options.ts';

/** Lets a platform send requests in addition to those of its streams. `owner` is the stream or command that needs the response. */
export interface Api {
  get(request: Request, owner: string): Promise<unknown>;
  /** The current value of the `Authorization` header, by default with the platform's own credentials. */
  authorization(owner: string, account?: string): Promise<string>;
  /** True in a check, which needs only one row of each list and only a few resource groups. */
  isCheck?: true;
  log(level: Level, sentence: string): void;
}

/** Whether the API behaves as expected regarding an open question of the reference, and a text for each case, without account data. */
export type Sighting = [isAsExpected: boolean, expected: string, different?: string];

/** Examines the responses of the endpoints that match `at`, such as `GET deployments/{id}/tasks`. */
export interface Probe {
  at: RegExp;
  look: (exchange: Exchange) => Sighting[];
}

/** A vendor's API: its config `C` and its streams, which share `S`. */
export interface Platform<C, S> {
  /** The schema of the option `platform`. */
  config: z.ZodObject & z.ZodType<C>;
  /** The streams, in the order of the catalog. */
  streams: readonly Stream<S>[];
  terms: Terms;
  /** The name of the option that contains the credentials. */
  secret: string;
  connection(config: C): Connection;
  open(config: C, api: Api): S;
  /** Checks the config with a few requests and returns the problems found. Throws a ConnectorError. */
  check(config: C, api: Api, shared: S): Promise<string[]>;
  /** The probes for the open questions of the reference, by question id. */
  probes?: Readonly<Record<string, Probe>>;
  /** Requests facts for the report of `verify`, and returns the facts as a sentence without account data. */
  summary?(config: C, api: Api): Promise<string>;
  /**
   * The command that grants the role that a stream, or one of its partitions, needs. Without a rejection, the stream's list is empty,
   * possibly because of a missing role.
   */
  grant?(stream: string, shared: S, rejection?: Pick<Skipped, 'id' | 'error'>): Promise<string | undefined>;
}
