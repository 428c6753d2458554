import type { Level } from '../../../core/output/output.ts';
import type { Api } from '../../platform.ts';
import type { IbmCloudConfig } from '../config.ts';
import { Selection } from './selection.ts';

/** An account to read. All streams of a sync share one instance. */
export class Account {
  readonly api: Api;
  readonly config: IbmCloudConfig;
  readonly selection: Selection;
  readonly #results = new Map<unknown, Promise<unknown>>();
  readonly #logged = new Set<string>();

  constructor(config: IbmCloudConfig, api: Api) {
    this.api = api;
    this.config = config;
    this.selection = new Selection(config);
  }

  /** Loads a list for the first stream that needs it. Later calls return the same result, or fail with the same error. */
  once<T>(load: (account: Account) => Promise<T>): Promise<T> {
    let result = this.#results.get(load) as Promise<T> | undefined;
    if (result === undefined) this.#results.set(load, (result = load(this)));
    return result;
  }

  /** Logs a sentence unless this sync has already logged it. */
  logOnce(level: Level, sentence: string): void {
    if (!this.#logged.has(sentence)) this.api.log(level, sentence);
    this.#logged.add(sentence);
  }
}
