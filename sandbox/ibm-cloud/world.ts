import { hex8, madeUpHex, noise } from '../noise.ts';
import type { IbmCloudOptions } from './options.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The sandbox's clock. It doesn't advance by itself, so that two consecutive reads return the same data. Only tokens
 * also age in real time, because clients measure token lifetimes with their own clock.
 */
export class Clock {
  readonly start: number;
  #passed = 0;

  constructor(start: number) {
    // The clock starts on a whole minute, so that small differences between dates are easy to see.
    this.start = start - (start % MINUTE);
  }

  /** The time on the clock, in milliseconds since 1970. */
  get now(): number {
    return this.start + this.#passed;
  }

  /** The clock for tokens: real time plus the time by which the sandbox's clock was advanced. */
  get real(): number {
    return Date.now() + this.#passed;
  }

  pass(seconds: number): void {
    this.#passed += seconds * SECOND;
  }
}

/** The inputs from which an account is generated. */
export interface World {
  readonly seed: number;
  readonly options: IbmCloudOptions;
  readonly clock: Clock;
}

/** Regions of IBM Cloud that offer databases (icd-api.md, 1.6). */
export const REGIONS = [
  'us-south',
  'eu-de',
  'us-east',
  'eu-gb',
  'jp-tok',
  'au-syd',
  'ca-tor',
  'br-sao',
  'eu-es',
  'jp-osa',
] as const;

export function regionOf(world: World, index: number): string {
  return REGIONS[index % world.options.regions] ?? REGIONS[0];
}

/** The kind of object that a generated id identifies. */
export const Kind = {
  deployment: 401,
  gen2: 402,
  backup: 403,
  gen2Backup: 404,
  task: 405,
  other: 406,
  hidden: 407,
  odd: 408,
  resourceGroup: 409,
  accessGroup: 410,
  policy: 411,
  user: 412,
  service: 413,
  profile: 414,
  event: 415,
  logs: 416,
  secret: 417,
  request: 418,
  routing: 431,
  reclamation: 432,
  restriction: 433,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** A UUID that depends only on the seed, kind, group and index. The index at the end makes the UUID unique. */
export function uuid(world: World, kind: Kind, group: number, index: number): string {
  const bits = madeUpHex(world.seed, kind * 100_003 + group, 16);
  const last = madeUpHex(world.seed, kind, 4) + hex8(index);
  return `${bits.slice(0, 8)}-${bits.slice(8, 12)}-4${bits.slice(12, 15)}-a${(group % 4096).toString(16).padStart(3, '0')}-${last}`;
}

export function accountId(world: World): string {
  return madeUpHex(world.seed, 400, 32);
}

/** A CRN with ten segments (icd-api.md, 1.5). For a child of an instance, such as a backup, `type` and `resource` identify the child. */
export function crn(world: World, parts: CrnParts): string {
  const { cname = 'bluemix', service, region, guid, type = '', resource = '' } = parts;
  return ['crn', 'v1', cname, 'public', service, region, `a/${accountId(world)}`, guid, type, resource].join(':');
}

interface CrnParts {
  readonly cname?: string;
  readonly service: string;
  readonly region: string;
  readonly guid: string;
  readonly type?: 'backup' | 'task';
  readonly resource?: string;
}

export function childCrn(instance: string, type: 'backup' | 'task', id: string): string {
  return `${instance.slice(0, -2)}:${type}:${id}`;
}

/** A fake secret, which must never appear in a client's output. */
export function fakeSecret(world: World, group: number, index: number): string {
  return `FAKE${madeUpHex(world.seed, Kind.secret * 100_003 + group * 101 + index, 16).toUpperCase()}`;
}

/**
 * A date as in the Resource Controller's responses, with up to nine fraction digits and no trailing zeros (icd-api.md,
 * 2.1). The number of digits depends on the index.
 */
export function spell(world: World, time: number, index: number): string {
  const seconds = new Date(time).toISOString().slice(0, 19);
  const digits = [9, 0, 3, 7, 1][index % 5] ?? 0;
  if (digits === 0) return `${seconds}Z`;
  // The fraction has nine digits, the last of which isn't zero.
  const fraction = String(100_000_000 + (noise(world.seed, 420, index) % 90_000_000) * 10 + 1 + (index % 9));
  return `${seconds}.${fraction.slice(0, digits - 1)}${1 + (index % 9)}Z`;
}

/** A date with milliseconds, as in the responses of most other services. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
