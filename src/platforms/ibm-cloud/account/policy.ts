import { unexpectedBody } from '../../../core/failure/errors.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { textOf, within } from '../api/values.ts';
import { type Attributes, SHOWN } from './coverage.ts';

export const POLICIES = 'v2/policies';

/** The kinds of subject that a role can be granted to. */
const SUBJECTS = ['iam_id', 'access_group_id'] as const;
export type SubjectKey = (typeof SUBJECTS)[number];

/** An access policy (icd-api.md 2.7). */
export interface Policy {
  id: string;
  row: Row;
  resource: Attributes;
  subject: Attributes;
  /** The CRNs of the granted roles. */
  roles: readonly string[];
}

/**
 * Parses a row of the list. Returns undefined for an authorization between services. Throws `unexpected_body` for an unknown form,
 * because its grants would otherwise be silently missing or too broad. `where` identifies the row in the error.
 */
export function policyOf(row: Row, where: string): Policy | undefined {
  const fault = (detail: string): Error => unexpectedBody(POLICIES, `${where} ${detail}`);
  const id = textOf(row['id']);
  if (id === undefined) throw fault('has no id');
  if (row['type'] === 'authorization') return undefined;
  const roles = within(within(row['control'], 'grant'), 'roles');
  if (!Array.isArray(roles) || roles.length === 0) throw fault('has no roles in control.grant.roles');
  const subject = attributesOf(row, 'subject', fault);
  if (!SUBJECTS.some((key) => subject.has(key))) throw fault(`has a subject without ${SUBJECTS.join(' or ')}`);
  return {
    id,
    row,
    resource: attributesOf(row, 'resource', fault),
    subject,
    roles: roles.map((role: unknown) => {
      const crn = textOf(within(role, 'role_id'));
      if (crn === undefined) throw fault('has a role without role_id');
      return crn;
    }),
  };
}

function attributesOf(row: Row, part: 'resource' | 'subject', fault: (detail: string) => Error): Attributes {
  const list = within(row[part], 'attributes');
  if (!Array.isArray(list)) throw fault(`has no list ${part}.attributes`);
  const attributes = new Map<string, string[]>();
  for (const attribute of list as unknown[]) {
    const { key, operator, value } = isRow(attribute) ? attribute : {};
    const name = textOf(key);
    if (name === undefined) throw fault(`has an attribute without a key in ${part}.attributes`);
    const isExistence = operator === 'stringExists';
    // This operator means that the attribute must not exist.
    if (isExistence && String(value) === 'false') continue;
    const values: unknown[] = isExistence ? ['*'] : [value].flat();
    const texts = values.flatMap((each) => textOf(each) ?? []);
    if ((SHOWN.has(name) || part === 'subject') && (texts.length === 0 || texts.length < values.length)) {
      throw fault(`has a value that is empty or not text for ${name} in ${part}.attributes`);
    }
    attributes.set(name, [...(attributes.get(name) ?? []), ...texts]);
  }
  return attributes;
}

/** The kind of subject, from the prefix of its id (icd-accounts-access.md 2.19). Any other prefix belongs to a user. */
export function subjectTypeOf(key: SubjectKey, id: string): string {
  if (key === 'access_group_id') return 'access_group';
  const [, kind = 'user'] = /^(?:iam-(ServiceId|Profile)|(crn)-crn)/i.exec(id)?.filter(Boolean) ?? [];
  return { serviceid: 'service_id', profile: 'profile', crn: 'resource' }[kind.toLowerCase()] ?? 'user';
}
