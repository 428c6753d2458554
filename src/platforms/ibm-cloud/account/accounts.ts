import type { Api } from '../../platform.ts';
import type { IbmCloudConfig } from '../config.ts';
import { Account } from './account.ts';

/** The accounts that a sync reads. All streams of the sync share one instance. */
export class Accounts {
  readonly all: readonly [Account, ...Account[]];

  constructor(config: IbmCloudConfig, api: Api) {
    this.all = [new Account(config, api)];
  }
}
