import { type Field, text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Partitions } from '../../../core/retrieval/partitions.ts';
import type { Retrieval } from '../../../core/retrieval/retrieval.ts';
import type { List, Shared } from '../../../core/retrieval/shared/declaration.ts';
import type { Stream } from '../../../core/stream/stream.ts';
import { parseCrn } from '../api/crn.ts';
import { textOf } from '../api/values.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';

/** The ways of reading that IBM Cloud streams use. */
type IbmRetrieval<S, F extends string> = Exclude<Retrieval<S, F>, { way: 'once' | 'newest-first' }>;

/** A stream as declared for a single account. `ibmStream` adds the field `account_id`. */
interface AccountStream<F extends string> extends Omit<Stream<Account, F | 'account_id'>, 'fields' | 'retrieval'> {
  fields: Record<F, Field>;
  retrieval: IbmRetrieval<Account, NoInfer<F | 'account_id'>>;
}

/** Declares a stream that reads all accounts. */
export function ibmStream<F extends string>(declared: AccountStream<F>): Stream<Accounts, F | 'account_id'> {
  const { fields, retrieval, dropped = [], ...rest } = declared;
  const withAccount = Object.entries<Field>(fields);
  withAccount.splice(1, 0, ['account_id', text('ID of the account.')]);
  return {
    ...rest,
    // Even an empty list excludes undeclared fields, which could contain secrets.
    dropped,
    fields: Object.fromEntries(withAccount) as Record<F | 'account_id', Field>,
    retrieval: ofAll(retrieval),
  };
}

function ofAll<F extends string>(retrieval: IbmRetrieval<Account, F>): IbmRetrieval<Accounts, F> {
  switch (retrieval.way) {
    case 'shared':
      return sharedOfAll(retrieval);
    case 'partition':
    case 'window':
      return {
        ...retrieval,
        partitions: (accounts) => partitionsOfAll(accounts, (account) => retrieval.partitions(account)),
      };
    case 'month':
      return {
        ...retrieval,
        limits: ({ all: [account] }) => retrieval.limits(account),
        accounts: ({ all }) => all.map(({ id }) => id),
        load: (month, accounts, id) =>
          joined(
            accounts,
            (account) => retrieval.load(month, account),
            id === undefined ? accounts.all : [accounts.at(id)],
          ),
      };
  }
}

function sharedOfAll<F extends string>(list: Shared<Account, F>): Shared<Accounts, F> {
  const { way, path, detail } = list;
  return {
    way,
    path,
    load: (accounts) => joined(accounts, (account) => loadOf(list, account)),
    ...(detail && {
      detail: {
        ...detail,
        isWanted: ({ all: [account] }: Accounts) => detail.isWanted(account),
        request(row: Row, accounts: Accounts) {
          const account = accounts.at(textOf(row['account_id']));
          const request = detail.request(row, account);
          return request && { ...request, account: account.id };
        },
      },
    }),
  };
}

/** The list of an account, with the account's id in each row. */
async function loadOf<F extends string>(list: Shared<Account, F>, account: Account): Promise<List> {
  const loaded = await list.load(account);
  for (const row of loaded.rows) {
    row['account_id'] = account.id ?? textOf(row['account_id']) ?? (await account.requireId());
  }
  return loaded;
}

/** Combines the lists of the chosen accounts (default: all). */
async function joined(
  accounts: Accounts,
  load: (account: Account) => Promise<List>,
  chosen = accounts.all,
): Promise<List> {
  const { results, failure } = await accounts.load(async (account) => {
    const { rows, skipped = [] } = await load(account);
    const suffix = account.id === undefined ? '' : ` of account ${account.id}`;
    return { rows, skipped: skipped.map(({ label, error }) => ({ label: `${label}${suffix}`, error })) };
  }, chosen);
  const rows = results.flatMap((each) => each.rows);
  return { rows, skipped: results.flatMap(({ skipped }) => skipped), failure };
}

async function partitionsOfAll(
  accounts: Accounts,
  partitions: (account: Account) => Promise<Partitions>,
): Promise<Partitions> {
  const { results, failure } = await accounts.load(async (account) => ({ account, ...(await partitions(account)) }));
  const [first] = results;
  if (first !== undefined && first.account.id === undefined) return first;
  const complete = results.filter(({ all }) => all !== undefined);
  const covered = new Set(complete.map(({ account }) => account.id));
  return {
    chosen: results.flatMap(({ account, chosen }) => chosen.map((each) => ({ ...each, account: account.id }))),
    all: new Set(complete.flatMap(({ all = [] }) => [...all])),
    isWhole: results.every(({ isWhole }) => isWhole === true),
    isCovered: (id) => covered.has(parseCrn(id)?.account),
    leftOut: results.flatMap(({ leftOut = [] }) => leftOut),
    failure,
  };
}
