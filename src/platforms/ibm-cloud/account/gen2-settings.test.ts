import { expect, test } from 'vitest';
import { gen2Row } from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { gen2SettingsOf } from './gen2-settings.ts';

const vpe = { dns_domain: 'db.example.test', endpoints: [{ ip_address: '10.0.0.1', zone: 'z' }, {}, 'odd'] };

test.each<[form: string, dataservices: Row | undefined, more: Row, settings: Row]>([
  [
    'in the 2026 format',
    {
      encryption: { disk: 'crn:disk', backup: 'crn:backup' },
      backups: {
        automatic_backups: { enabled: true, window: { start_time: '09:04Z' } },
        retention_days: 30,
        preserve: false,
        point_in_time_recovery: { retention_days: 7 },
      },
      authorizations: { independent_backups: true, resource_group: 'true' },
    },
    { virtual_private_endpoints: vpe },
    {
      disk_encryption_key_crn: 'crn:disk',
      backup_encryption_key_crn: 'crn:backup',
      automatic_backups_enabled: true,
      backup_window_start: '09:04Z',
      backup_retention_days: 30,
      backups_preserved: false,
      pitr_retention_days: 7,
      independent_backups_authorized: true,
      vpe_dns_domain: 'db.example.test',
      vpe_ip_addresses: ['10.0.0.1'],
    },
  ],
  [
    'in the 2025 format',
    { endpoints: 'private', virtual_private_endpoints: vpe, backups: { retention: '30d' } },
    {},
    {
      endpoints: 'private',
      backup_retention_days: '30',
      vpe_dns_domain: 'db.example.test',
      vpe_ip_addresses: ['10.0.0.1'],
    },
  ],
  ['with a retention in an unknown format', { backups: { retention: 'P30D' } }, {}, { backup_retention_days: 'P30D' }],
  ['with endpoints that may contain credentials', { endpoints: { uri: 'postgres://u:p@h' } }, {}, { endpoints: null }],
  ['without extensions', undefined, {}, {}],
])('the settings are read from a row %s', (_, dataservices, more, settings) => {
  const row = dataservices === undefined ? gen2Row(1) : { extensions: { dataservices, ...more } };
  const nothing = Object.fromEntries(Object.keys(gen2SettingsOf({})).map((name) => [name, null]));
  const authorized = dataservices === undefined ? {} : { independent_backups_authorized: false };
  expect(gen2SettingsOf(row)).toEqual({ ...nothing, ...authorized, ...settings });
});

test.each([
  [{ independent_backups: true, resource_group: false }, false],
  [{ independent_backups: 'false' }, false],
  [{ independent_backups: true }, false],
  [{}, false],
  [undefined, false],
])('with the authorizations %j, independent_backups_authorized is %j', (authorizations, isAuthorized) => {
  const row = { extensions: { dataservices: { authorizations } } };
  expect(gen2SettingsOf(row)).toMatchObject({ independent_backups_authorized: isAuthorized });
});
