import type { ProblemId, Words } from '../src/core/problems.ts';
import type { Slice, StreamDefinition } from '../src/core/stream.ts';
import { compose } from '../src/platforms/compose/compose.ts';
import type { ComposeShared } from '../src/platforms/compose/shared.ts';
import { DEFAULT_ENDPOINTS } from '../src/platforms/ibm-cloud/endpoints.ts';
import { ibmCloud } from '../src/platforms/ibm-cloud/ibm-cloud.ts';
import type { IbmCloudShared } from '../src/platforms/ibm-cloud/shared.ts';

/** A platform as the docs tell of it. */
export interface DocumentedPlatform {
  /** As a config has it. */
  name: string;
  /** As people call it. */
  title: string;
  /** The page for its users. */
  page: string;
  /** What is known of its API, with a section for each report. */
  reference: string;
  streams: readonly StreamDefinition[];
  /** What texts call its parts, and the messages that it has in place of the usual ones. */
  words: Words;
  /** Why something happens, where it is another reason than the usual one. */
  causes: Readonly<Partial<Record<ProblemId, string>>>;
  /** Problems that its API does not know. */
  withoutProblems: ReadonlySet<ProblemId>;
  /** Where a report comes from: the path to show, and what is in the heading of its section in the reference. */
  origin: (stream: StreamDefinition) => { path: string; heading: string };
  /** Fields that hold the key of a record of another stream, by the name that they have everywhere. */
  references: Readonly<Record<string, string>>;
  /** Those whose meaning only their stream tells: `stream.field`. */
  ownReferences: Readonly<Record<string, string>>;
}

const composePages: DocumentedPlatform = {
  name: 'compose',
  title: 'Compose',
  page: 'docs/sources/compose.md',
  reference: 'docs/reference/compose-api.md',
  streams: compose.streams,
  words: compose.words,
  causes: {},
  withoutProblems: new Set(['key_refused', 'not_offered', 'windows_cut_off']),
  origin(stream) {
    const path = composePath(stream);
    return { path, heading: `\`GET ${path.replace('{id}', '{d}')}\`` };
  },
  references: {
    account_id: 'accounts',
    cluster_id: 'clusters',
    deployment_id: 'deployments',
  },
  ownReferences: {
    'billables.replaces_id': 'billables',
    'deployments.provision_recipe_id': 'deployments_recipes',
    'deployments.type': 'databases',
    'deployments_recipes.parent_id': 'deployments_recipes',
    'deployments_team_roles.teams': 'teams',
    'deployments_versions.application': 'databases',
  },
};

/** Where the report lies below base_url. */
function composePath(stream: StreamDefinition<ComposeShared>): string {
  return pathOf(stream, { pageSize: 50, includeConnectionStrings: false } as ComposeShared);
}

/** Sections of the reference, by their numbers. */
const IBM_SECTIONS: Readonly<Record<string, string>> = {
  accounts: '2.9',
  audit_events: '2.10',
  billables: '2.5',
  databases: '2.3.1',
  datacenters: '2.3.1',
  deployments: '2.1',
  deployments_allowlists: '2.3.7',
  deployments_autoscalings: '2.3.6',
  deployments_backups: '2.3.4',
  deployments_recipes: '2.3.3',
  deployments_recovery_windows: '2.3.9',
  deployments_replicas: '2.3.8',
  deployments_roles: '2.7',
  deployments_scalings: '2.3.5',
  deployments_team_roles: '2.7',
  deployments_versions: '2.3.10',
  resource_groups: '2.2',
  teams: '2.6',
};

const ibmCloudPages: DocumentedPlatform = {
  name: 'ibm_cloud',
  title: 'IBM Cloud Databases',
  page: 'docs/sources/ibm-cloud.md',
  reference: 'docs/reference/icd-api.md',
  streams: ibmCloud.streams,
  words: ibmCloud.words,
  causes: {
    deployments_unknown: 'The ids are mistyped, the deployments are gone, or the key is one of another account.',
    deployments_refused: 'A deployment is out of the reach of the key, and the config asks to fail for that.',
    token_refused: 'The service ID was locked or deleted, or the key was deleted while the sync ran.',
    forbidden: 'The service ID has no role on the service, or only in other resource groups.',
    certificate_refused: 'A proxy on the way presents a certificate of its own, or the address in endpoints is wrong.',
    tls_not_spoken: 'An address in endpoints is not one of IBM.',
    proxy_refused: 'The rules of the proxy do not allow the hosts of IBM Cloud.',
    not_found: 'The deployment was deleted while the sync ran, or IBM has retired the report.',
    redirected: 'Something between here and IBM answers in its place, such as the login page of a proxy.',
    unexpected_status: 'The server gave an answer that IBM Cloud is not known to give.',
    unexpected_body: 'The body of a successful answer is not what IBM Cloud sends, or its pages do not end.',
    rate_limited: 'This sync, or others with the same key, made more requests than IBM allows.',
    host_unknown: 'Name resolution is broken where the connector runs, or it cannot see the internet.',
    connection_refused: 'A firewall is in between, or the server is down.',
    proxy_failed: 'The proxy is overloaded, or cannot reach the hosts of IBM Cloud.',
    check_timed_out: 'IBM Cloud is down or very slow, or a firewall drops the requests.',
  },
  withoutProblems: new Set(['api_not_found', 'cursor_ignored', 'list_cut_off', 'list_missing', 'unauthorized']),
  origin(stream) {
    const section = IBM_SECTIONS[stream.name];
    if (section === undefined) throw new Error(`no section of the reference is named for ${stream.name}`);
    return { path: ibmCloudPath(stream), heading: `${section} ` };
  },
  references: {
    account_id: 'accounts',
    deployment_id: 'deployments',
    resource_group_id: 'resource_groups',
    access_group_id: 'teams',
  },
  ownReferences: {
    'deployments.type': 'databases',
    'deployments_versions.application': 'databases',
  },
};

/** Where the report lies below the address of its service. */
function ibmCloudPath(stream: StreamDefinition<IbmCloudShared>): string {
  return pathOf(stream, { endpoints: DEFAULT_ENDPOINTS } as IbmCloudShared);
}

/** The path of a stream's first request, with `{id}` for a deployment's id. */
function pathOf<S>(stream: StreamDefinition<S>, shared: S): string {
  const slice: Slice = { id: 'ID', label: 'deployment ID', lane: 'region' };
  const window = { from: '', to: '' };
  const path =
    stream.listed?.path ??
    stream.monthly?.path ??
    stream.windows?.request(slice, window, shared).path ??
    stream.first?.(slice, shared).path;
  if (path === undefined) throw new Error(`${stream.name} asks for nothing`);
  return `/${path.replace('/ID', '/{id}')}`;
}

/** Every platform that the docs tell of, in their order. */
export const DOCUMENTED: readonly DocumentedPlatform[] = [ibmCloudPages, composePages];
