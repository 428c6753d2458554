import { unexpectedBody } from '../../../core/failure/errors.ts';
import { type Row, isRow } from '../../../core/record/row.ts';

/** The values of a policy's attributes, by their keys. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

/** A row of `GET /v2/policies` (icd-api.md 2.7). */
export interface Policy {
  id: string;
  row: Row;
  /** What it covers. */
  resource: Attributes;
  /** Whom it is for. */
  subject: Attributes;
  /** CRNs. */
  roles: readonly string[];
}

/**
 * Reads an access policy; undefined for an authorization between services. Throws `unexpected_body` for one of an unknown
 * shape: without an error its grants would be missing without notice. `where` names the row.
 */
export function policyOf(row: unknown, path: string, where: string): Policy | undefined {
  const damaged = (fault: string): Error => unexpectedBody(path, `${where} ${fault}`);
  if (!isRow(row)) throw damaged('is no object');
  const { id, type, resource, subject, control } = row;
  if (typeof id !== 'string' || id === '') throw damaged('has no id');
  if (type === 'authorization') return undefined;
  const grant = isRow(control) ? control['grant'] : undefined;
  const roles: unknown = isRow(grant) ? grant['roles'] : undefined;
  if (!Array.isArray(roles)) throw damaged('has no list control.grant.roles');
  return {
    id,
    row,
    resource: attributesOf(resource, 'resource'),
    subject: attributesOf(subject, 'subject'),
    roles: roles.map((role: unknown) => {
      const crn = isRow(role) ? role['role_id'] : undefined;
      if (typeof crn !== 'string' || crn === '') throw damaged('has a role without role_id');
      return crn;
    }),
  };

  function attributesOf(part: unknown, name: string): Attributes {
    const list: unknown = isRow(part) ? part['attributes'] : undefined;
    if (!Array.isArray(list)) throw damaged(`has no list ${name}.attributes`);
    const attributes = new Map<string, string[]>();
    for (const attribute of list) {
      const key: unknown = isRow(attribute) ? attribute['key'] : undefined;
      if (!isRow(attribute) || typeof key !== 'string') throw damaged(`has an attribute of its ${name} without a key`);
      const values = valuesOf(attribute);
      if (values === undefined) throw damaged(`has an attribute of its ${name} whose value is no text`);
      attributes.set(key, [...(attributes.get(key) ?? []), ...values]);
    }
    return attributes;
  }
}

/** One value, several, or an asterisk where the policy only requires that there is any; undefined if one is no text. */
function valuesOf({ value, operator }: Row): string[] | undefined {
  if (operator === 'stringExists') return value === false || value === 'false' ? [] : ['*'];
  const values = [value].flat();
  if (!values.every((one) => typeof one === 'string' || typeof one === 'boolean')) return undefined;
  return values.map(String);
}
