import { noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { userId } from './access.ts';
import { deploymentId } from './deployments.ts';
import { gen2Id } from './gen2.ts';
import { DAY, Kind, SECOND, type World, accountId, crn, iso, regionOf, uuid } from './world.ts';

export interface Entry {
  readonly serial: number;
  /** The entry's time, in milliseconds since 1970. */
  readonly time: number;
}

/** Actions on databases (icd-api.md, 2.10), without the service's name. */
const ACTIONS = [
  'deployment-backup.create',
  'deployment-backup-scheduled.create',
  'deployment-user.create',
  'deployment-user.update',
  'deployment-user.delete',
  'deployment-group.update',
  'deployment-group-autoscaling.update',
  'deployment-allowlist-ip-addresses.update',
  'deployment-volumes.update',
  'deployment.update',
  'deployment-version.update',
] as const;

/** The precision of event times, in milliseconds. */
const HUNDREDTH = 10;

/** The number of consecutive entries that share a time. */
const TIES = 2;

/** The fraction of an unreadable event's text that is kept. The kept text contains the correlation ID. */
const READABLE_PART = 0.7;

/** The account's log entries: generated from their serial numbers, plus entries added later. */
export class AuditEvents {
  readonly #world: World;
  readonly #step: number;
  readonly #unreadable: ReadonlySet<number>;
  readonly #added: Entry[] = [];

  constructor(world: World) {
    const { auditEvents, auditDays, unreadableEvents } = world.options;
    this.#world = world;
    this.#step = Math.max(1, Math.floor((auditDays * DAY) / Math.max(1, Math.ceil(auditEvents / TIES))));
    this.#unreadable = new Set(
      upTo(Math.min(auditEvents, 1000 * unreadableEvents))
        .filter((serial) => this.isOfDatabase(serial))
        .slice(0, unreadableEvents),
    );
  }

  /** Adds entries, dated now or the given number of seconds earlier. */
  add(count: number, lateBySeconds: number): void {
    const { clock, options } = this.#world;
    const time = clock.now - lateBySeconds * SECOND;
    for (const _ of upTo(count)) this.#added.push({ serial: options.auditEvents + this.#added.length, time });
  }

  /** The entries of a Logs instance in a time range: first the added entries, then all others from newest to oldest. */
  *between(instance: number, from: number, to: number): Generator<Entry> {
    const { auditEvents, logsInstances } = this.#world.options;
    const isThere = ({ serial, time }: Entry): boolean =>
      serial % logsInstances === instance && time >= from && time <= to;
    yield* this.#added.filter(isThere);
    for (let serial = auditEvents - 1; serial >= 0; serial -= 1) {
      const entry = { serial, time: this.#timeAt(serial) };
      if (entry.time < from) return;
      if (isThere(entry)) yield entry;
    }
  }

  /** All database events, including unreadable events, from oldest to newest, followed by the added events. */
  *ofDatabases(): Generator<Row> {
    const { auditEvents } = this.#world.options;
    for (let serial = 0; serial < auditEvents; serial += 1) {
      if (this.isOfDatabase(serial)) yield this.#event({ serial, time: this.#timeAt(serial) });
    }
    for (const entry of this.#added) if (this.isOfDatabase(entry.serial)) yield this.#event(entry);
  }

  #timeAt(serial: number): number {
    const { clock, options, seed } = this.#world;
    const back = Math.floor((options.auditEvents - 1 - serial) / TIES);
    const time = clock.start - back * this.#step - (noise(seed, 480, back) % this.#step);
    return time - (time % HUNDREDTH);
  }

  #correlationId(serial: number): string {
    return uuid(this.#world, Kind.event, 0, serial);
  }

  /** Whether the entry is a database event rather than an event of another service or an application. */
  isOfDatabase(serial: number): boolean {
    const { deployments, gen2Deployments } = this.#world.options;
    return deployments + gen2Deployments > 0 && !isOfApplication(serial) && serial % 5 !== 4;
  }

  labels(serial: number): { applicationname: string; subsystemname: string } {
    if (isOfApplication(serial)) return { applicationname: 'web-shop', subsystemname: 'checkout' };
    const { service, guid } = this.#source(serial);
    return { applicationname: 'ibm-audit-event', subsystemname: `${service}:${guid}` };
  }

  /** An entry as the query API returns it, with the labels and the event as text. */
  row(entry: Entry): Row {
    const { serial, time } = entry;
    const pairs = (values: Readonly<Record<string, string>>): Row[] =>
      Object.entries(values).map(([key, value]) => ({ key, value }));
    const timestamp = `${iso(time).slice(0, 23)}000`;
    return {
      metadata: pairs({ timestamp, severity: '3', logid: uuid(this.#world, Kind.event, 1, serial) }),
      labels: pairs({ ...this.labels(serial), computername: '', threadid: '' }),
      user_data: this.#text(entry),
    };
  }

  #text(entry: Entry): string {
    if (isOfApplication(entry.serial)) return JSON.stringify({ message: 'GET /checkout 200', level: 'info' });
    const event = this.#event(entry);
    const text = JSON.stringify(event);
    return this.#unreadable.has(entry.serial) ? text.slice(0, Math.floor(text.length * READABLE_PART)) : text;
  }

  /** The CRN of the resource that an event is about, with its service and GUID. */
  #source(serial: number): { id: string; service: string; guid: string } {
    const world = this.#world;
    const { deployments, gen2Deployments } = world.options;
    const number = noise(world.seed, 481, serial) % Math.max(1, deployments + gen2Deployments);
    const other = { service: 'iam-identity', region: 'global', guid: uuid(world, Kind.other, 1, 0) };
    const database = number < deployments ? deploymentId(world, number) : gen2Id(world, number - deployments);
    const id = this.isOfDatabase(serial) ? database : crn(world, other);
    const [, , , , service = '', , , guid = ''] = id.split(':');
    return { id, service, guid };
  }

  #event({ serial, time }: Entry): Row {
    const world = this.#world;
    const { id, service } = this.#source(serial);
    const action = this.isOfDatabase(serial) ? pick(ACTIONS, serial) : 'serviceid.login';
    const failed = serial % 7 === 3;
    const initiator = userId(world, serial % 5);
    return {
      correlationId: this.#correlationId(serial),
      // Only some events have an ID.
      ...(serial % 3 === 0 && { id: uuid(world, Kind.event, 2, serial) }),
      eventTime: eventTime(time, serial),
      action: `${service}.${action}`,
      initiator: {
        id: initiator,
        typeURI: 'service/security/account/user',
        name: `${initiator}@example.invalid`,
        host: { address: serial % 4 === 0 ? '' : `203.0.113.${serial % 256}`, agent: 'ibmcloud/2.30 "cli"' },
        credential: { type: 'token' },
      },
      target: { id, typeURI: `${service}/deployment`, name: `Größe ${serial}` },
      outcome: failed ? 'failure' : 'success',
      reason: failed
        ? { reasonCode: 403, reasonType: 'Forbidden', reasonForFailure: 'not allowed' }
        : { reasonCode: 200, reasonType: 'OK' },
      severity: failed ? 'critical' : 'normal',
      message: `${service}: ${action}${failed ? ' -failure' : ''}`,
      requestData: serial % 2 === 0 ? { members: 1 + (serial % 9), note: 'line\u2028end' } : {},
      responseData: {},
      dataEvent: false,
      logSourceCRN: id,
      saveServiceCopy: true,
      observer: { name: 'ActivityTracker' },
      accountId: accountId(world),
    };
  }
}

function isOfApplication(serial: number): boolean {
  return serial % 13 === 12;
}

/** Formats a time like IBM's only example, with hundredths and without a colon in the offset. One time in ten has milliseconds and a Z. */
function eventTime(time: number, serial: number): string {
  if (serial % 10 === 1) return iso(time);
  return `${iso(time).slice(0, 22)}+0000`;
}

/** The Logs instances to which events are routed. */
export function logsInstances(world: World): string[] {
  return upTo(world.options.logsInstances).map((index) => {
    const guid = uuid(world, Kind.logs, 0, index);
    return crn(world, { service: 'logs', region: regionOf(world, index), guid });
  });
}
