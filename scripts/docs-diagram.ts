import type { Field } from '../src/sync/fields.ts';
import type { StreamDefinition } from '../src/sync/stream.ts';
import { streams } from '../src/streams/index.ts';

/** Fields that hold the key of a record of another stream, by the name that they have everywhere. */
const REFERENCES: Readonly<Record<string, string>> = {
  account_id: 'accounts',
  cluster_id: 'clusters',
  deployment_id: 'deployments',
};

/** Those whose meaning only their stream tells. */
const OWN_REFERENCES: Readonly<Record<string, string>> = {
  'billables.replaces_id': 'billables',
  'deployments.provision_recipe_id': 'deployments_recipes',
  'deployments.type': 'databases',
  'deployments_recipes.parent_id': 'deployments_recipes',
  'deployments_team_roles.teams': 'teams',
  'deployments_versions.application': 'databases',
};

/** How the streams hang together, as a Mermaid entity diagram of their keys and the fields that point to them. */
export function entityDiagram(): string {
  checkReferences();
  const lines = [...streams.flatMap(relationsOf), ...streams.flatMap(entityOf)];
  return ['```mermaid', 'erDiagram', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

function relationsOf(stream: StreamDefinition): string[] {
  return Object.entries(stream.fields).flatMap(([field, { kind }]) => {
    const target = targetOf(stream, field);
    if (target === undefined) return [];
    const targets = kind === 'list' ? '}o' : '|o';
    // A record whose key is the reference itself is the only one that refers to it.
    const sources = stream.primaryKey === field ? 'o|' : 'o{';
    return [`${target} ${targets}--${sources} ${stream.name} : ${field}`];
  });
}

function entityOf(stream: StreamDefinition): string[] {
  const lines = Object.entries(stream.fields).flatMap(([field, { kind }]) => {
    const marks = [
      ...(field === stream.primaryKey ? ['PK'] : []),
      ...(targetOf(stream, field) === undefined ? [] : ['FK']),
    ];
    if (marks.length > 0) return [`  ${kindName(kind)} ${field} ${marks.join(', ')}`];
    return field === stream.cursorField ? [`  ${kindName(kind)} ${field} "cursor"`] : [];
  });
  return [`${stream.name} {`, ...lines, '}'];
}

function targetOf({ name }: StreamDefinition, field: string): string | undefined {
  return OWN_REFERENCES[`${name}.${field}`] ?? REFERENCES[field];
}

function kindName(kind: Field['kind']): string {
  return kind === 'text' ? 'string' : kind;
}

/** A renamed stream or field must not leave an arrow that points nowhere. */
function checkReferences(): void {
  const names = new Set(streams.map(({ name }) => name));
  const targets = [...Object.values(REFERENCES), ...Object.values(OWN_REFERENCES)];
  const lost = targets.filter((target) => !names.has(target));
  const fields = new Set(streams.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}.${field}`)));
  lost.push(...Object.keys(OWN_REFERENCES).filter((field) => !fields.has(field)));
  if (lost.length > 0) throw new Error(`the entity diagram names what no stream has: ${lost.join(', ')}`);
}
