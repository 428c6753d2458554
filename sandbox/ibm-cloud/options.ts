import { noise } from '../noise.ts';
import { type Option, type Values, choice, onOff, someOf, text, whole } from '../option.ts';

/** The roles that the key can lack. README.md describes what each service omits without its role (icd-api.md, 1.8). */
const ROLES = ['billing', 'access_groups', 'policies', 'account', 'logs', 'users', 'api_keys'] as const;

const now: Option<string> = {
  ...text('', 'time', 'the initial time of the clock (default: the real time)'),
  kind: 'a time such as 2026-11-24T12:00:00Z',
  read: (value) => (isTime(value) ? value : undefined),
};

const size = (usual: number, meaning: string, most = 100_000): Option<number> =>
  whole({ least: 0, most, default: usual, meaning });

export const IBM_CLOUD_OPTIONS = {
  apiKey: text('', 'text', 'the only valid API key (default: made from the seed)'),
  tokenLife: whole({ least: 1, most: 3600, default: 3600, meaning: 'seconds until a token expires' }),
  accounts: whole({
    least: 0,
    most: 20,
    default: 0,
    meaning: "accounts with a trusted profile, in addition to the key's own account",
  }),
  now,
  regions: whole({ least: 1, most: 10, default: 3, meaning: 'regions of the deployments' }),
  deployments: size(8, 'generation 1 deployments; 12 cover every database type'),
  gen2Deployments: size(5, 'generation 2 deployments; 8 cover every database type'),
  gen2Backups: size(3, 'days that daily generation 2 backups are kept; 0: none'),
  backupDays: size(30, 'days that daily generation 1 backups are kept'),
  tasksPerDay: size(3, 'tasks per deployment and day'),
  otherInstances: size(3, 'instances of other services'),
  hiddenInstances: size(3, 'consecutive instances that the key cannot view, which are removed from their pages'),
  oddInstances: onOff(false, 'on: adds CRNs that a client must not trust, and a read replica without autoscaling'),
  untracked: size(0, 'generation 2 deployments that the search for tags does not find'),
  maxLimit: whole({
    least: 1,
    most: 1000,
    default: 100,
    meaning: 'maximum number of rows per page; a higher limit is clamped',
  }),
  inventoryToken: choice(
    ['start', 'next_docid', 'next_url'],
    'start',
    'the parameter of next_url that contains the token for the next page of instances',
  ),
  lastPage: choice(['absent', 'null', 'empty'], 'absent', 'the form of the next-page link on the last page'),
  usageMonths: whole({ least: 1, most: 120, default: 13, meaning: 'months of usage, including the open one' }),
  accessGroups: size(5, 'access groups, in addition to Public Access'),
  members: size(3, 'members per access group; some groups have more members, and some have none'),
  identities: size(6, 'number of users, of service IDs and of trusted profiles'),
  policies: size(14, 'IAM policies; 14 cover every kind'),
  missingRoles: someOf(ROLES, `roles that the API key lacks, separated by commas: ${ROLES.join(', ')}`),
  logsInstances: whole({
    least: 1,
    most: 10,
    default: 1,
    meaning: 'IBM Cloud Logs instances, which share the same events',
  }),
  auditEvents: size(400, 'log entries, most of which are audit events of databases', 10_000_000),
  auditDays: whole({ least: 1, most: 3650, default: 30, meaning: 'days that the log entries cover' }),
  unreadableEvents: size(0, 'how many of the oldest audit events of databases have truncated text'),
  resultLimit: whole({
    least: 1,
    most: 50_000,
    default: 12_000,
    meaning: 'maximum number of log entries per query; the default for the archive is 50000',
  }),
  windowEnd: choice(
    ['inclusive', 'exclusive'],
    'inclusive',
    'whether a query includes entries at the end of its window',
  ),
  queriesPerMinute: size(0, 'queries to each Logs instance before it rejects queries for a minute; 0: unlimited'),
} as const;

export type IbmCloudOptions = Values<typeof IBM_CLOUD_OPTIONS>;

/** Rejects values that the command line would reject, and options that contradict each other. */
export function checkIbmCloudOptions({ now, unreadableEvents, auditEvents }: IbmCloudOptions): void {
  if (now !== '' && !isTime(now)) throw new RangeError('now must be a time such as 2026-11-24T12:00:00Z');
  if (unreadableEvents > auditEvents) throw new RangeError('unreadableEvents must not exceed auditEvents');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const KEY_LENGTH = 44;

/** A key in IBM's format that isn't valid anywhere. */
export function madeUpKey(seed: number): string {
  return Array.from({ length: KEY_LENGTH }, (_, index) => LETTERS[noise(seed, 300, index) % LETTERS.length]).join('');
}

function isTime(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value));
}
