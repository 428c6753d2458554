import { noise, pick, upTo } from '../../noise.ts';
import { type Row, asciiJson } from '../../platform.ts';
import { accountId, clusterId, currentUser } from '../account.ts';
import { deploymentId, deploymentName } from '../deployments.ts';
import { DAY, HOUR, MINUTE, SECOND, type World, ZONE, ZONE_OFFSET } from '../world.ts';
import type { Timeline } from './timeline.ts';

/**
 * Notes with characters that break careless parsers: quotes, a line separator, a backslash, and non-ASCII characters. Such notes are rare,
 * as in real data.
 */
const ODD_NOTES = ['asked by "Dee"', 'Größe\u2028geändert', 'a\\b', '🚢'] as const;

/** Event names from the vendor's docs (compose-api.md, 15). No source says which `data` each event contains. */
const DEPLOYMENT_EVENTS = [
  'deployment.provision',
  'deployment.provision_from_backup',
  'deployment.apply_configuration',
  'deployment.reconfig',
  'deployment.version.update',
  'deployment.backup',
  'deployment.backup_on_demand',
  'deployment.capsule.destroy',
  'deployment.install_lets_encrypt_certs',
  'deployment.deprovision',
  'deployment.add.haproxy',
  'deployment.add.kibana',
  'deployment.remove.kibana',
  'deployment.add.nodes',
  'deployment.remove.node',
] as const;

/** The number of distinct events, ignoring dates and ids. */
const DETAIL_COUNT = 256;

const AFTER_ID = '","_links":{"self":{"href":"https://api.compose.io/2016-07/audit_events/';
const LAST = '{?embed}","templated":true}}}';

const TWO_DIGITS = upTo(60).map((number) => String(number).padStart(2, '0'));
const THREE_DIGITS = upTo(SECOND).map((number) => `.${String(number).padStart(3, '0')}`);

/**
 * Writes audit events as ASCII JSON. Renders each variant of the details only once, because benchmarks request hundreds of thousands of
 * events.
 */
export class EventText {
  readonly #seed: number;
  readonly #timeline: Timeline;
  readonly #details: readonly string[];
  readonly #dates = new DateText();
  readonly #offsetDates = new DateText();

  constructor(world: World, timeline: Timeline) {
    this.#seed = world.seed;
    this.#timeline = timeline;
    this.#details = upTo(DETAIL_COUNT).map(
      (number) => `",${asciiJson(eventDetails(world, number)).slice(1, -1)},"created_at":"`,
    );
  }

  at(rank: number): string {
    const time = this.#timeline.timeAt(rank);
    const id = this.#timeline.idAt(rank, time);
    // Derive the details from the id's own digits, which stay the same when a future event's rank changes.
    const bits = noise(this.#seed, 72, Number.parseInt(id.slice(16), 16));
    const details = this.#details[bits % DETAIL_COUNT] ?? '';
    return `{"id":"${id}${details}${this.#date(time, bits)}${AFTER_ID}${id}${LAST}`;
  }

  /** Formats one date in sixteen with an offset. Other dates have no milliseconds if they fall on a whole second. */
  #date(time: number, bits: number): string {
    if ((bits >>> 8) % 16 === 0) return `${this.#offsetDates.of(time + ZONE_OFFSET, true)}${ZONE}`;
    return `${this.#dates.of(time, time % SECOND !== 0)}Z`;
  }
}

/**
 * Formats dates without a zone. Calling `Date.toISOString` for every date would account for half of the time needed to generate a page of
 * events. Caches the day, because consecutive dates usually share it.
 */
class DateText {
  #day = Number.NaN;
  #dayText = '';

  /** Formats a date like `2023-02-28T12:00:00.000`, with or without the milliseconds. */
  of(time: number, withMilliseconds: boolean): string {
    const day = Math.floor(time / DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayText = new Date(day * DAY).toISOString().slice(0, 11);
    }
    const rest = time - day * DAY;
    const hours = Math.floor(rest / HOUR);
    const minutes = Math.floor(rest / MINUTE) % 60;
    const seconds = Math.floor(rest / SECOND) % 60;
    const text = `${this.#dayText}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[seconds]}`;
    return withMilliseconds ? `${text}${THREE_DIGITS[rest % SECOND]}` : text;
  }
}

/** An event without its id, date and links. Sources document `data` only for scaling events. */
function eventDetails(world: World, number: number): Row {
  const bits = noise(world.seed, 71, number);
  const kind = world.deployments === 0 ? 1 : bits % 3;
  const deployment = world.deployments === 0 ? 0 : (bits >>> 8) % world.deployments;
  const account_id = accountId(world);
  if (kind === 0) return { account_id, ...scaling(world, deployment, bits >>> 4) };
  if (kind === 1) return { account_id, ...login(world, bits >>> 4) };
  return { account_id, ...change(world, deployment, bits >>> 4) };
}

function scaling(world: World, deployment: number, bits: number): Row {
  return {
    deployment_id: deploymentId(world, deployment),
    cluster_id: clusterId(world, deployment),
    user_id: null,
    email: null,
    event: 'deployment.scale.members',
    data: {
      units: `${1 + (bits % 9)}`,
      memory: `${102 * (1 + (bits % 9))} MB`,
      storage: `${1 + (bits % 9)} GB`,
      cluster: 'harbour-eu-c00',
      deployment: deploymentName(deployment),
    },
    // In the recorded system event, `ip` and `user_agent` are empty strings (gds-bill). The sandbox also sends nulls.
    ip: bits % 2 === 0 ? '' : null,
    user_agent: bits % 2 === 0 ? '' : null,
  };
}

function login(world: World, bits: number): Row {
  return {
    deployment_id: null,
    cluster_id: null,
    user_id: currentUser(world)['id'],
    email: 'ada@example.com',
    event: 'user.login',
    data: bits % 3 === 0 ? null : {},
    ip: `203.0.113.${bits % 256}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) "quoted"',
  };
}

function change(world: World, deployment: number, bits: number): Row {
  const note = bits % 9 === 0 ? pick(ODD_NOTES, bits >>> 4) : 'nightly';
  return {
    // Deployment events other than scaling have no `cluster_id`, and some have no `data`.
    deployment_id: deploymentId(world, deployment),
    user_id: currentUser(world)['id'],
    email: 'ada@example.com',
    event: pick(DEPLOYMENT_EVENTS, bits >>> 8),
    ...(bits % 4 === 0 ? {} : { data: { note, deployment: deploymentName(deployment) } }),
    ip: `2001:db8::${(bits % 0xffff).toString(16)}`,
    user_agent: 'compose-cli/1.2',
  };
}
