import type { ProblemId } from './problems.ts';

/** The names of a platform and its settings in messages. */
export interface Terms {
  facts: {
    /** At the beginning of a sentence: `The Compose API`. */
    Api: string;
    /** The option with the address: `base_url`. */
    address: string;
    /** `API token` */
    token: string;
    /** A sentence on how to get new credentials. */
    renewal: string;
    /** The user or service ID whose rights the credentials have: `the user who created the token`. */
    holder: string;
  };
  /** Replace the messages of problems, with the same names in braces. */
  messages?: Partial<Record<ProblemId, string>>;
  /** A further sentence about a host that fails. */
  hostHint(host: string): string | undefined;
}
