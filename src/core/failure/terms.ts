import type { ProblemId } from './problems.ts';

/** What texts call a platform's API and its settings. */
export interface Terms {
  facts: {
    /** At the beginning of a sentence: `The Compose API`. */
    Api: string;
    /** The option that holds the address: `base_url`. */
    address: string;
    /** What shows who asks: `API token`. */
    token: string;
    /** The sentence on how to come by a new one. */
    renewal: string;
    /** Who has the rights that it carries: `the user who created the token`. */
    holder: string;
  };
  /** In place of the messages of problems, where those do not fit; with the same names in braces. */
  messages?: Partial<Record<ProblemId, string>>;
  /** A further sentence about a host that does not answer as it should. */
  hostHint(host: string): string | undefined;
}
