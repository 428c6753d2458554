import type { ProblemId } from '../src/core/failure/problems.ts';
import type { Terms } from '../src/core/failure/terms.ts';
import { type Stream, keyFieldOf } from '../src/core/stream/stream.ts';
import { compose } from '../src/platforms/compose/compose.ts';
import type { ComposeShared } from '../src/platforms/compose/stream.ts';
import { DEFAULT_ENDPOINTS } from '../src/platforms/ibm-cloud/api/endpoints.ts';
import { ibmCloud } from '../src/platforms/ibm-cloud/ibm-cloud.ts';
import type { Accounts } from '../src/platforms/ibm-cloud/account/accounts.ts';

/** The data that the docs show about a platform. */
export interface DocumentedPlatform {
  /** The platform's name in a config. */
  name: string;
  /** The platform's display name. */
  title: string;
  /** The page for the platform's users. */
  page: string;
  /** The page with the relations and fields, which may be the same as `page`. */
  streamsPage: string;
  /** The entity diagram of the platform's streams, in the same folder as the pages. */
  picture: string;
  /** The API reference, with a section for each stream. */
  reference: string;
  streams: readonly Stream[];
  /** The platform's terms, and its replacements for the default messages. */
  terms: Terms;
  /** Causes that replace the default causes. */
  causes: Readonly<Partial<Record<ProblemId, string>>>;
  /** Problems that cannot occur on this platform. */
  withoutProblems: ReadonlySet<ProblemId>;
  /**
   * The API path of a stream, the text in the heading of its section in the reference, and the section's page if it isn't
   * `reference`.
   */
  origin: (stream: Stream) => { path: string; heading: string; page?: string };
  /** Foreign keys that have the same name in every stream. */
  references: Readonly<Record<string, string>>;
  /** Foreign keys in only one stream, as `stream.field`. */
  ownReferences: Readonly<Record<string, string>>;
}

const composePages: DocumentedPlatform = {
  name: 'compose',
  title: 'Compose',
  page: 'docs/sources/compose.md',
  streamsPage: 'docs/sources/compose.md',
  picture: 'compose-streams.svg',
  reference: 'docs/reference/compose-api.md',
  streams: compose.streams,
  terms: compose.terms,
  causes: {},
  withoutProblems: new Set(['profile_rejected', 'token_rejected', 'not_offered', 'windows_cut_off', 'query_too_long']),
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

/** The stream's path below base_url. */
function composePath(stream: Stream<ComposeShared>): string {
  return pathOf(stream, { config: { page_size: 50, include_connection_strings: false } } as ComposeShared);
}

/** The number of each stream's section in the reference. */
const IBM_SECTIONS: Readonly<Record<string, string>> = {
  accounts: '2.9',
  api_keys: '2.17',
  audit_events: '2.10',
  audit_routes: '2.25',
  billables: '2.5',
  databases: '2.3.1',
  datacenters: '2.3.1',
  deployments: '2.1',
  deployments_allowlists: '2.3.7',
  deployments_autoscalings: '2.3.6',
  deployments_backups: '2.3.4',
  deployments_recipes: '2.3.3',
  deployments_reclamations: '2.22',
  deployments_recovery_windows: '2.3.9',
  deployments_replicas: '2.3.8',
  deployments_restrictions: '2.24',
  deployments_roles: '2.7',
  deployments_scalings: '2.3.5',
  deployments_team_roles: '2.7',
  deployments_versions: '2.3.10',
  resource_groups: '2.2',
  service_ids: '2.16',
  teams: '2.6',
  trusted_profiles: '2.18',
  users: '2.15',
};

const ibmCloudPages: DocumentedPlatform = {
  name: 'ibm_cloud',
  title: 'IBM Cloud Databases',
  page: 'docs/sources/ibm-cloud.md',
  streamsPage: 'docs/sources/ibm-cloud-streams.md',
  picture: 'ibm-cloud-streams.svg',
  reference: 'docs/reference/icd-api.md',
  streams: ibmCloud.streams,
  terms: ibmCloud.terms,
  causes: {
    deployments_unknown:
      'The IDs are misspelled, the deployments no longer exist, or the key belongs to another account.',
    partitions_rejected:
      'The service ID lacks a role on at least one deployment or Logs instance, or IBM Cloud doesn’t have the stream’s data for this deployment or instance.',
    credentials_rejected: 'The key is misspelled, deleted, disabled or expired, or its service ID was deleted.',
    forbidden: 'The service ID lacks the role that the message names, or has it only in other resource groups.',
    certificate_untrusted: 'A proxy presents its own certificate, or an address in `endpoints` is wrong.',
    proxy_rejected: 'The proxy’s rules block the hosts of IBM Cloud.',
    not_found: 'The deployment was deleted during the sync, or IBM has retired this API path.',
    redirected: 'A server other than IBM’s responded, for example a proxy that redirects to its login page.',
    unexpected_status: 'The server returned an HTTP status that IBM doesn’t document.',
    unexpected_body:
      'The HTTP status indicates success, but the body has an unknown format, or a list’s pages never end.',
    rate_limited: 'This sync, or others with the same key, exceeded IBM’s rate limit.',
    host_unknown: 'Name resolution fails where the connector runs, or the machine has no internet access.',
    connection_refused: 'A firewall blocks the connection, or the server is down.',
    proxy_failed: 'The proxy is overloaded, or can’t reach the hosts of IBM Cloud.',
    check_timed_out: 'IBM Cloud is down or very slow, or a firewall drops the requests.',
  },
  withoutProblems: new Set(['api_not_found', 'list_not_paged', 'unauthorized']),
  origin(stream) {
    const section = IBM_SECTIONS[stream.name];
    if (section === undefined) throw new Error(`no section of the reference is listed for ${stream.name}`);
    // Later sections are on a separate page.
    const isLater = Number(section.split('.')[1]) >= 12;
    return {
      path: ibmCloudPath(stream),
      heading: `${section} `,
      ...(isLater && { page: 'docs/reference/icd-accounts-access.md' }),
    };
  },
  // Omit `account_id`, because every stream has this field, and lines to `accounts` would fill the diagram.
  references: {
    deployment_id: 'deployments',
    resource_group_id: 'resource_groups',
    access_group_id: 'teams',
  },
  ownReferences: {
    'deployments.type': 'databases',
    'deployments_versions.application': 'databases',
  },
};

/** The stream's path below its service's address. */
function ibmCloudPath(stream: Stream<Accounts>): string {
  const account = { config: { endpoints: DEFAULT_ENDPOINTS } };
  return pathOf(stream, { all: [account], at: () => account } as unknown as Accounts);
}

/** The field that foreign keys to a stream contain: `id`, even if `id` is only part of the key. */
export function referredField(stream: Stream): string {
  const { primaryKey } = stream;
  return typeof primaryKey !== 'string' && primaryKey.madeOf.includes('id') ? 'id' : keyFieldOf(stream);
}

/** The path of a stream's first request, with `{id}` for a deployment's id. */
function pathOf<S>(stream: Stream<S>, shared: S): string {
  return `/${firstPath(stream, shared).replace('/ID', '/{id}')}`;
}

function firstPath<S>({ retrieval }: Stream<S>, shared: S): string {
  const partition = { id: 'ID', label: 'deployment ID' };
  switch (retrieval.way) {
    case 'once':
      return retrieval.request(shared).path;
    case 'partition':
      return retrieval.request(partition).path;
    case 'window':
      return retrieval.request(partition, { from: '', to: '' }).path;
    default:
      return retrieval.path;
  }
}

/** The documented platforms, in the order of the docs. */
export const DOCUMENTED: readonly DocumentedPlatform[] = [ibmCloudPages, composePages];
