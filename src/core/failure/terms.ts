import type { ProblemId } from './problems.ts';

/** How messages refer to a platform and its settings. */
export interface Terms {
  facts: {
    /** The API's name at the beginning of a sentence, such as `The Compose API`. */
    Api: string;
    /** The option that contains the API's address, such as `base_url`. */
    address: string;
    /** The name of the credentials, such as `API token`. */
    token: string;
    /** A sentence that explains how to get new credentials. */
    renewal: string;
    /** The user or service ID whose rights the credentials have, such as `the user who created the token`. */
    holder: string;
    /** The role to grant if a request that specifies no role is rejected. */
    role: string;
  };
  /** Messages that replace the default messages of problems, with the same placeholders. */
  messages?: Partial<Record<ProblemId, string>>;
  /** Returns a sentence to append to errors about `host`. */
  hostHint?(host: string): string | undefined;
}
