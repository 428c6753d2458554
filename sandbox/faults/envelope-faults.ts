import type { Answer } from '../http/answers.ts';
import type { SHAPES } from './fault.ts';

type Shape = (typeof SHAPES)[number];

/** What a connector takes for the key of a row, where it is not `id`. */
export const KEY_OF: Readonly<Record<string, string>> = {
  applications: 'type',
  datacenters: 'slug',
  roles: 'name',
  team_roles: 'name',
  transitions: 'from_version',
};

const spoilRow = (rows: readonly unknown[], row: number, spoil: (row: unknown) => unknown): unknown[] => {
  const index = Math.max(0, Math.min(row, rows.length - 1));
  return rows.length === 0 ? [spoil({})] : rows.map((value, at) => (at === index ? spoil(value) : value));
};

const without = (value: unknown, key: string): unknown =>
  Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== key));

const spoilList = (shape: Shape, name: string, rows: readonly unknown[], row: number): unknown => {
  switch (shape) {
    case 'list-missing':
      return {};
    case 'list-null':
      return { [name]: null };
    case 'list-object':
      return { [name]: Object.fromEntries(rows.entries()) };
    case 'other-list':
      return { [`other_${name}`]: rows };
    case 'embedded-list':
      return rows;
    case 'row-null':
      return { [name]: spoilRow(rows, row, () => null) };
    case 'row-without-key':
      return { [name]: spoilRow(rows, row, (value) => without(value, KEY_OF[name] ?? 'id')) };
    default:
      return { [name]: rows };
  }
};

/** The answer with its envelope, its list or one of its rows spoiled. */
export const spoilEnvelope = (answer: Answer, shape: Shape, row: number): Answer => {
  const body = JSON.parse(answer.body) as { readonly _embedded?: Readonly<Record<string, unknown[]>> };
  const { _embedded, ...beside } = body;
  const [name, rows] = Object.entries(_embedded ?? {})[0] ?? [];
  const spoil = (): unknown => {
    if (shape === 'body-null') return null;
    if (shape === 'body-list') return rows ?? [body];
    if (name === undefined || rows === undefined || shape === 'no-embedded') return beside;
    if (shape === 'next-link') return { ...body, _links: { next: { href: '/2016-07/next{?embed}', templated: true } } };
    return { ...beside, _embedded: spoilList(shape, name, rows, row) };
  };
  return { status: answer.status, body: JSON.stringify(spoil()) };
};
