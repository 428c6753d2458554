import type { z } from 'zod';
import type { Level } from '../core/output/output.ts';
import type { Terms } from '../core/failure/terms.ts';
import type { Request } from '../core/stream/request.ts';
import type { Row } from '../core/record/row.ts';
import type { Stream } from '../core/stream/stream.ts';
import type { Connection } from '../http/client-options.ts';

/** What a platform may ask its API, apart from the reading of streams; `owner` is the stream that needs it. */
export interface Api {
  get(request: Request, owner: string): Promise<unknown>;
  /** What requests carry now to say who asks. */
  authorization(owner: string): Promise<string>;
  /** A check: one page of one row is enough of each list, and one of several resource groups. */
  isCheck?: true;
  /** Takes a sentence for the user. */
  log(level: Level, sentence: string): void;
}

/** One API that has reports: what its config is, what it can be asked for, and how. `S` is shared by all its streams. */
export interface Platform<C, S> {
  /** The part of the config below `platform`; its `name` is the platform's. */
  config: z.ZodObject & z.ZodType<C>;
  /** In the order of the catalog. */
  streams: readonly Stream<S>[];
  terms: Terms;
  /** The credentials in what a user wrote below `platform`, which need not be a config that fits. */
  credentials(raw: Row): string[];
  connection(config: C): Connection;
  open(config: C, api: Api): S;
  /** Asks as little as shows that the config works; gives what is wrong with it. Throws a ConnectorError. */
  check(config: C, api: Api, shared: S): Promise<string[]>;
  /** The command that grants what a stream needs, if it was rejected, or if its list is empty and may be hidden. */
  grant?(stream: string, shared: S, outcome: 'rejected' | 'hidden'): Promise<string | undefined>;
}
