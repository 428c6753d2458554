import { asConnectorError, unexpectedBody } from '../../core/errors.ts';
import { type Request, type Row, isRow } from '../../core/stream.ts';
import type { Api } from '../platform.ts';
import type { IbmCloudConfig } from './config.ts';
import { type Endpoints, databasesAt } from './endpoints.ts';
import { listIn, objectOf } from './envelope.ts';
import { type Grants, loadGrants } from './grants.ts';
import { Inventory } from './inventory.ts';
import { type Selection, selectionOf } from './selection.ts';
import { accountIn } from './token.ts';

export const RESOURCE_GROUPS = 'v2/resource_groups';
const KEY_DETAILS = 'v1/apikeys/details';

/** Asked for databases that belong to no deployment, if there is none to take the region of. */
const USUAL_REGION = 'us-south';

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
  /** Warns of what would come up again and again. */
  warnOnce: (sentence: string) => void;
  /** The databases of a region that is sure to be there: the first of the deployments of generation 1. */
  catalogue: () => Promise<string>;
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
  const warned = new Set<string>();

  /** The token says whose it is; if not, IAM is asked whose the key is (icd-api.md 1.3). */
  async function findAccount(owner: string): Promise<string> {
    const told = accountIn(await api.authorization(owner));
    if (told !== undefined) return told;
    const request: Request = { origin: iam, path: KEY_DETAILS, headers: { 'iam-apikey': key } };
    const { account_id: id } = objectOf(await api.get(request, owner), KEY_DETAILS);
    if (typeof id !== 'string' || id === '') throw unexpectedBody(KEY_DETAILS, 'it holds no account_id');
    return id;
  }

  async function listResourceGroups(): Promise<Row[]> {
    const query = { account_id: await shared.account('resource_groups') };
    const body = await api.get({ origin: controller, path: RESOURCE_GROUPS, query }, 'resource_groups');
    return listIn(body, 'resources', RESOURCE_GROUPS) as Row[];
  }

  const shared: IbmCloudShared = {
    endpoints,
    inventory,
    api,
    logsInstances: config.logs_instances,
    billing: config.billing,
    selection: selectionOf(config),
    warnOnce(sentence) {
      if (!warned.has(sentence)) api.log('warn', sentence);
      warned.add(sentence);
    },
    account: (owner) => (account ??= findAccount(owner)),
    grants: (owner) => (grants ??= loadGrants(shared, owner)),
    resourceGroups: () => (resourceGroups ??= listResourceGroups()),
    async catalogue() {
      const { deployments } = await inventory.load();
      const [region = USUAL_REGION] = deployments.flatMap((each) => each.region ?? []).toSorted();
      return databasesAt(endpoints, region);
    },
  };
  return shared;
}

/** The names of the resource groups by their ids. They are not worth a failure: without the right to see them there are none. */
export async function resourceGroupNames({
  resourceGroups,
  api,
}: IbmCloudShared): Promise<ReadonlyMap<unknown, unknown>> {
  try {
    return new Map((await resourceGroups()).filter(isRow).map(({ id, name }) => [id, name]));
  } catch (thrown) {
    const error = asConnectorError(thrown);
    if (!error.refused) throw thrown;
    api.log(
      'warn',
      `deployments: they come without the names of their resource groups, which IBM Cloud refused (${error.answer})`,
    );
    return new Map();
  }
}
