import { type Row, isRow } from '../../../core/record/row.ts';
import { textOf, within } from '../api/values.ts';
import { dataservicesOf } from './instance.ts';

/** The backup, encryption and network settings of a generation 2 deployment (icd-api.md 2.4.1). */
export function gen2SettingsOf(row: Row): Row {
  const services = dataservicesOf(row);
  const encryption = services?.['encryption'];
  const backups = services?.['backups'];
  const automatic = within(backups, 'automatic_backups');
  // Endpoint settings are next to `dataservices`, or inside it in the 2025 format.
  const vpe = within(row['extensions'], 'virtual_private_endpoints') ?? services?.['virtual_private_endpoints'];
  return {
    disk_encryption_key_crn: within(encryption, 'disk'),
    backup_encryption_key_crn: within(encryption, 'backup'),
    automatic_backups_enabled: within(automatic, 'enabled'),
    backup_window_start: within(within(automatic, 'window'), 'start_time'),
    backup_retention_days: within(backups, 'retention_days') ?? daysIn(within(backups, 'retention')),
    backups_preserved: within(backups, 'preserve'),
    pitr_retention_days: within(within(backups, 'point_in_time_recovery'), 'retention_days'),
    independent_backups_authorized: services === undefined ? null : isAuthorized(services['authorizations']),
    // A value that is not a string may contain credentials.
    endpoints: textOf(services?.['endpoints']) ?? null,
    vpe_dns_domain: within(vpe, 'dns_domain'),
    vpe_ip_addresses: addressesOf(within(vpe, 'endpoints')),
  };
}

/** Converts `30d` to `30`. Keeps any other value, so that a warning lists the field. */
function daysIn(retention: unknown): unknown {
  return typeof retention === 'string' ? (/^(\d+)d$/.exec(retention)?.[1] ?? retention) : retention;
}

/** Whether both authorizations required for new backups exist (icd-accounts-access.md 4.25). */
function isAuthorized(authorizations: unknown): boolean {
  const all = ['independent_backups', 'resource_group'].map((name) => within(authorizations, name));
  return all.every((each) => each === true || each === 'true');
}

function addressesOf(endpoints: unknown): string[] | null {
  if (!Array.isArray(endpoints)) return null;
  return (endpoints as unknown[]).filter(isRow).flatMap(({ ip_address: address }) => textOf(address) ?? []);
}
