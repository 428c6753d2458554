import type { z } from 'zod';
import type { Terms } from '../core/failure/terms.ts';
import type { Level } from '../core/output/output.ts';
import type { Row } from '../core/record/row.ts';
import type { Request } from '../core/stream/request.ts';
import type { Stream } from '../core/stream/stream.ts';
import type { Connection, Exchange } from '../http/client-options.ts';

/** A platform's access to its API, apart from what streams read. `owner` is the stream that needs the response. */
export interface Api {
  get(request: Request, owner: string): Promise<unknown>;
  /** The current value of the header `Authorization`. */
  authorization(owner: string): Promise<string>;
  /** In a check, one page of one row is enough for each list, and a few resource groups are enough. */
  isCheck?: true;
  /** Logs a sentence for the user. */
  log(level: Level, sentence: string): void;
}

/**
 * The answer that a response gives to an open question of the reference: the first text if it is as expected, else the
 * second. Both are constant strings and contain no account data.
 */
export type Sighting = [isAsExpected: boolean, expected: string, different?: string];

/** Examines the responses of the endpoints that match `at`, such as `GET deployments/{id}/tasks`. */
export interface Probe {
  at: RegExp;
  look: (exchange: Exchange) => Sighting[];
}

/** A vendor's API: its config `C` and its streams, which share `S`. */
export interface Platform<C, S> {
  /** The schema of `platform` in the config. */
  config: z.ZodObject & z.ZodType<C>;
  /** In the order of the catalog. */
  streams: readonly Stream<S>[];
  terms: Terms;
  /** The credentials in `platform`, which may be invalid. */
  credentials(raw: Row): string[];
  connection(config: C): Connection;
  open(config: C, api: Api): S;
  /** Checks the config with few requests, and returns the problem, if any. Throws a ConnectorError. */
  check(config: C, api: Api, shared: S): Promise<string[]>;
  /** Probes of the reference's open questions, by their id. */
  probes?: Readonly<Record<string, Probe>>;
  /**
   * The command that grants what a stream needs, if it or one of its partitions was rejected, or if its list is empty and may
   * be hidden.
   */
  grant?(stream: string, shared: S, outcome: 'rejected' | 'hidden', partition?: string): Promise<string | undefined>;
}
