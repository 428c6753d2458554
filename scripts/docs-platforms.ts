import type { ProblemId } from '../src/core/problems.ts';
import type { StreamDefinition } from '../src/core/stream.ts';
import { compose } from '../src/platforms/compose/compose.ts';
import type { ComposeShared } from '../src/platforms/compose/shared.ts';

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
  /** What texts call its parts. */
  facts: Readonly<Record<string, string | undefined>>;
  /** In place of the common messages. */
  messages: Readonly<Record<string, string>>;
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
  facts: compose.words.facts,
  messages: {},
  withoutProblems: new Set(['key_refused', 'not_offered']),
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

/** Where the report lies below base_url, with `{id}` for a deployment's id. */
function composePath(stream: StreamDefinition<ComposeShared>): string {
  const slice = { id: 'ID', label: 'deployment ID' };
  const shared = { pageSize: 50, includeConnectionStrings: false } as ComposeShared;
  const path = stream.listed?.path ?? stream.first?.(slice, shared).path ?? '';
  return `/${path.replace('/ID', '/{id}')}`;
}

/** Every platform that the docs tell of, in their order. */
export const DOCUMENTED: readonly DocumentedPlatform[] = [composePages];
