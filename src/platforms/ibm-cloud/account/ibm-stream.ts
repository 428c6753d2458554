import { type Field, text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Partition } from '../../../core/retrieval/partitions.ts';
import type { Retrieval } from '../../../core/retrieval/retrieval.ts';
import type { Shared } from '../../../core/retrieval/shared/declaration.ts';
import type { Stream } from '../../../core/stream/stream.ts';
import { textOf } from '../api/values.ts';
import { accountId } from './account-id.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';

/** A stream of a single account, to which the field `account_id` is added. */
interface AccountStream<F extends string> extends Omit<Stream<Account, F | 'account_id'>, 'fields'> {
  fields: Record<F, Field>;
  /** Every account has the same records, so they are read only once, and `account_id` is null. */
  isSameForAll?: true;
}

/** Declares a stream of this platform, which reads all accounts. */
export function ibmStream<F extends string>(declared: AccountStream<F>): Stream<Accounts, F | 'account_id'> {
  const { isSameForAll = false, fields, retrieval, ...rest } = declared;
  const description = isSameForAll ? 'Always null, because all accounts have the same records.' : 'ID of the account.';
  const [key, ...others] = Object.entries<Field>(fields) as Array<[F, Field]>;
  const withAccount = [...(key === undefined ? [] : [key]), ['account_id', text(description)] as const, ...others];
  return {
    ...rest,
    fields: Object.fromEntries(withAccount) as Record<F | 'account_id', Field>,
    retrieval: ofAll(retrieval, isSameForAll),
  };
}

function ofAll<F extends string>(retrieval: Retrieval<Account, F>, isSameForAll: boolean): Retrieval<Accounts, F> {
  switch (retrieval.way) {
    case 'shared':
      return sharedOfAll(retrieval, isSameForAll);
    case 'partition':
      return {
        ...retrieval,
        partitions: ({ all: [account] }) => retrieval.partitions(account),
        request: (partition: Partition, { all: [account] }: Accounts) => retrieval.request(partition, account),
      };
    case 'window':
      return {
        ...retrieval,
        partitions: ({ all: [account] }) => retrieval.partitions(account),
        request: (partition, window, { all: [account] }) => retrieval.request(partition, window, account),
      };
    case 'month':
      return {
        ...retrieval,
        limits: ({ all: [account] }) => retrieval.limits?.(account) ?? [],
        load: (month, { all: [account] }) => retrieval.load(month, account),
      };
    default:
      throw new RangeError(`no stream of IBM Cloud is read ${retrieval.way}`);
  }
}

function sharedOfAll<F extends string>(list: Shared<Account, F>, isSameForAll: boolean): Shared<Accounts, F> {
  const { way, path, detail } = list;
  return {
    way,
    path,
    async load({ all: [account] }) {
      const loaded = await list.load(account);
      for (const row of loaded.rows) {
        if (isSameForAll) row['account_id'] = null;
        else if (textOf(row['account_id']) === undefined) row['account_id'] = await account.once(accountId);
      }
      return loaded;
    },
    ...(detail && {
      detail: {
        ...detail,
        isWanted: ({ all: [account] }: Accounts) => detail.isWanted(account),
        request: (row: Row, { all: [account] }: Accounts) => detail.request(row, account),
      },
    }),
  };
}
