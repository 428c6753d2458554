import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { table } from './docs-parts.ts';

// Generates the descriptions of the dbt package's marts for the queries page.

interface Mart {
  name: string;
  columns: Array<{ name: string; description: string }>;
}

const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The columns and SQL of each mart, by the mart's name. */
export function martParts(): Readonly<Record<string, () => string>> {
  const { models } = parse(textOf('dbt/models/marts/_models.yml')) as { models: Mart[] };
  return Object.fromEntries(models.map((mart) => [mart.name, () => martPart(mart)]));
}

function martPart({ name, columns }: Mart): string {
  const rows = columns.map((column) => [`\`${column.name}\``, column.description.trim()]);
  const view = new RegExp(`^create view ${name} as\\n[^]*?;$`, 'm').exec(textOf('dbt/views/postgres.sql'))?.[0];
  if (view === undefined) throw new Error(`dbt/views/postgres.sql has no view ${name}`);
  const summary =
    "<summary>The view's SQL, in which each <code>stg_…</code> relation is a stream with typed columns</summary>";
  return `${table(['Column', 'Meaning'], rows)}\n\n<details>\n${summary}\n\n\`\`\`sql\n${view}\n\`\`\`\n\n</details>`;
}
