import { ConnectorError, unexpectedBody } from '../../core/failure/errors.ts';
import type { Level } from '../../core/output/output.ts';
import type { Request } from '../../core/stream/request.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import type { Api } from '../platform.ts';
import type { IbmCloudConfig } from './config.ts';
import { type Endpoints, databasesAt } from './api/endpoints.ts';
import { listIn, objectOf, textOrNull } from './api/envelope.ts';
import { briefly, failureOf } from './api/failure.ts';
import { type Grants, loadGrants } from './account/grants.ts';
import { Inventory } from './account/inventory.ts';
import { type Selection, selectionOf } from './account/selection.ts';
import { accountIn } from './api/token.ts';

export const RESOURCE_GROUPS = 'v2/resource_groups';
const KEY_DETAILS = 'v1/apikeys/details';

/** Asked for what belongs to no deployment, behind the regions that deployments are in. */
const USUAL_REGION = 'us-south';
/** So many of those: each that is down takes all of its retries. */
const MAX_OWN_REGIONS = 2;

/** What the streams of one read share; each of its lists is asked for once, by whoever needs it first. */
export interface IbmCloudShared {
  endpoints: Endpoints;
  inventory: Inventory;
  api: Api;
  /** The CRNs of the Logs instances that audit events are routed to. */
  logsInstances: readonly string[];
  /** The id of the account. */
  account: (owner: string) => Promise<string>;
  /** As the API sends them. */
  resourceGroups: () => Promise<Row[]>;
  /** Whose usage is asked for. */
  billing: IbmCloudConfig['billing'];
  /** The user's choice of deployments and groups. */
  selection: Selection;
  /** What the policies of the account give to whom. */
  grants: (owner: string) => Promise<Grants>;
  /** Tells what would come up again and again. */
  once: (level: Level, sentence: string) => void;
  /**
   * What the databases say that belongs to no deployment: `rows` takes it out of the body. A region that does not answer, or
   * refuses, is passed over with a warning for the next one that has deployments of generation 1. Throws a ConnectorError.
   */
  catalogue: (
    path: string,
    owner: string,
    rows: (body: unknown) => Row[],
  ) => Promise<{ rows: Row[]; requests: number }>;
}

export function openShared({ api_key: key, endpoints, ...config }: IbmCloudConfig, api: Api): IbmCloudShared {
  const { iam, resource_controller: controller } = endpoints;
  const inventory = new Inventory(
    { controller, deploymentIds: config.deployment_ids, resourceGroupIds: config.resource_group_ids },
    api,
  );
  let account: Promise<string> | undefined;
  let resourceGroups: Promise<Row[]> | undefined;
  let grants: Promise<Grants> | undefined;
  const told = new Set<string>();

  /** The token says whose it is; if not, IAM is asked whose the key is (icd-api.md 1.3). */
  async function findAccount(owner: string): Promise<string> {
    const told = accountIn(await api.authorization(owner));
    if (told !== undefined) return told;
    const request: Request = { origin: iam, path: KEY_DETAILS, headers: { 'iam-apikey': key } };
    const { account_id: id } = objectOf(await keyDetails(request, owner), KEY_DETAILS);
    if (typeof id !== 'string' || id === '') throw unexpectedBody(KEY_DETAILS, 'it holds no account_id');
    return id;
  }

  /** A refusal here is none of what the account was wanted for. */
  async function keyDetails(request: Request, owner: string): Promise<unknown> {
    try {
      return await api.get(request, owner);
    } catch (thrown) {
      const error = failureOf(thrown);
      if (!error.isRejection) throw thrown;
      const { answer = '', internalMessage = '' } = error;
      const { host } = new URL(iam);
      const message = `IAM at ${host} does not tell which account the API key belongs to (${answer}), and neither do its tokens. Check platform.endpoints if it is set; if it is right, report this to the maintainers of the connector.`;
      throw new ConnectorError('unexpected_status', { message }, { internalMessage, cause: thrown });
    }
  }

  async function listResourceGroups(): Promise<Row[]> {
    const query = { account_id: await shared.account('resource_groups') };
    const body = await api.get({ origin: controller, path: RESOURCE_GROUPS, query }, 'resource_groups');
    const rows = listIn(body, 'resources', RESOURCE_GROUPS) as Row[];
    if (textOrNull(objectOf(body, RESOURCE_GROUPS)['next_url'] ?? null) === null) return rows;
    // Nobody has seen one; to take it for the end would lose rows in silence.
    throw unexpectedBody(RESOURCE_GROUPS, 'it goes on at a further page, which this list is not known to do');
  }

  const shared: IbmCloudShared = {
    endpoints,
    inventory,
    api,
    logsInstances: config.logs_instances,
    billing: config.billing,
    selection: selectionOf(config),
    once(level, sentence) {
      if (!told.has(sentence)) api.log(level, sentence);
      told.add(sentence);
    },
    account: (owner) => (account ??= findAccount(owner)),
    grants: (owner) => (grants ??= loadGrants(shared, owner)),
    resourceGroups: () => (resourceGroups ??= listResourceGroups()),
    async catalogue(path, owner, rows) {
      const { deployments } = await inventory.load();
      const own = [...new Set(deployments.flatMap((each) => each.region ?? []))].toSorted();
      const regions = [...new Set([...own.slice(0, MAX_OWN_REGIONS), USUAL_REGION])];
      let first: ConnectorError | undefined;
      for (const [i, region] of regions.entries()) {
        try {
          const body = await api.get({ origin: databasesAt(endpoints, region), path }, owner);
          return { rows: rows(body), requests: i + 1 };
        } catch (thrown) {
          const error = failureOf(thrown);
          first ??= error;
          const next = regions[i + 1];
          if (next === undefined) break;
          api.log('warn', `${owner}: ${region} does not tell them (${briefly(error)}), so ${next} is asked`);
        }
      }
      throw first ?? new Error('no region was asked');
    },
  };
  return shared;
}

/** The names of the resource groups by their ids. They are not worth a failure: where they cannot be had there are none. */
export async function resourceGroupNames({
  resourceGroups,
  api,
}: IbmCloudShared): Promise<ReadonlyMap<unknown, unknown>> {
  try {
    return new Map((await resourceGroups()).filter(isRow).map(({ id, name }) => [id, name]));
  } catch (thrown) {
    const said = briefly(failureOf(thrown));
    api.log(
      'warn',
      `deployments: they come without the names of their resource groups, which could not be read (${said})`,
    );
    return new Map();
  }
}
