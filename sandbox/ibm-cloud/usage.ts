import { noise, upTo } from '../noise.ts';
import { type Answer, type Received, type Row, json } from '../platform.ts';
import { deploymentRow, otherRows } from './deployments.ts';
import type { Refuse } from './errors.ts';
import { gen2Row } from './gen2.ts';
import { type Pages, lastPage, link } from './pages.ts';
import { resourceGroupIds } from './resource-groups.ts';
import { DAY, type World, accountId } from './world.ts';

/** The previous month's usage can change until the 21st at 00:00 UTC (icd-api.md, 2.5). */
const FINAL_DAY = 21;

/** The day of the month on which the previous month's usage is corrected. */
const CORRECTION_DAY = 10;

const METRICS = [
  ['GIGABYTE_MONTHS_DISK', 'Disk "GB-months"', 0.58, 'GIGABYTE_MONTHS'],
  ['GIGABYTE_MONTHS_RAM', 'RAM', 5.25, 'GIGABYTE_MONTHS'],
  ['VIRTUAL_PROCESSOR_CORES', 'vCPU', 31.5, 'CORES'],
] as const;

/** A month as text, such as `2026-10`, and the times of its start and end. */
interface Month {
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

/**
 * The account's usage by month. A month's usage grows until the month ends, is corrected on the 10th of the next month, and becomes final
 * on the 21st.
 */
export class Usage {
  readonly #world: World;
  /** The quantity that `touch` added to the first row of each month. */
  readonly #touched = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The months with usage, oldest first. The last month is open. */
  months(): Month[] {
    const { now } = this.#world.clock;
    const date = new Date(now);
    const count = this.#world.options.usageMonths;
    return upTo(count).map((back) => monthAt(date.getUTCFullYear(), date.getUTCMonth() - (count - 1 - back)));
  }

  /** The rows of a month: one per instance, plan and location (icd-api.md, 2.5). */
  rows(month: Month): Row[] {
    const world = this.#world;
    return usedInstances(world).flatMap((instance, index) => {
      // Instances that don't exist yet keep their index, so that all other instances cost the same every month.
      if (Date.parse(String(instance['created_at'])) >= month.end) return [];
      const row = this.#row(month, instance, index);
      // Of every four instances, one is priced in two countries, and another has two rows that differ only in amounts.
      if (index % 4 === 1) return [row, { ...row, pricing_country: 'DEU' }];
      return index % 4 === 3 ? [row, { ...row, usage: upTo(1).map(() => this.#metric(month, index, 0, 0.5)) }] : [row];
    });
  }

  /** Adds usage to the first row of the given month, or of the open month by default. Returns the month. */
  touch(text?: string): Month {
    const months = this.months();
    const month = text === undefined ? months.at(-1) : months.find((one) => one.text === text);
    if (month === undefined) throw new RangeError(`there is no usage for the month ${text ?? ''}`);
    if (isFinal(this.#world, month)) throw new RangeError(`the month ${month.text} is final`);
    this.#touched.set(month.text, (this.#touched.get(month.text) ?? 0) + 1);
    return month;
  }

  #row(month: Month, instance: Row, index: number): Row {
    const world = this.#world;
    return {
      account_id: accountId(world),
      resource_instance_id: instance['crn'],
      resource_id: instance['resource_id'],
      resource_group_id: instance['resource_group_id'],
      plan_id: instance['resource_plan_id'],
      region: instance['region_id'],
      pricing_country: 'USA',
      currency_code: 'USD',
      currency_rate: 1,
      // One instance in eight is free, like a trial.
      billable: index % 8 !== 5,
      ...(index % 2 === 0 && { pending: false }),
      month: month.text,
      created_at: new Date(String(instance['created_at'])).toISOString(),
      ...(index % 3 === 0 && { deleted_at: null }),
      usage: upTo(1 + (index % METRICS.length)).map((metric) => this.#metric(month, index, metric, 1)),
      // `answer` removes the names by default, and the tags if `_tags` is `false`.
      resource_instance_name: instance['name'],
      resource_group_name: 'Default',
      resource_name: instance['resource_id'],
      plan_name: 'Standard',
      tags: index % 2 === 0 ? [] : ['env:production'],
      service_tags: [],
    };
  }

  #metric(month: Month, index: number, place: number, share: number): Row {
    const { seed, clock } = this.#world;
    const [metric, metric_name, price, unit] = METRICS[place] ?? METRICS[0];
    const days = Math.max(0, Math.min(clock.now, month.end) - month.begin) / DAY;
    const late = clock.now >= dayOfNext(month, CORRECTION_DAY) && noise(seed, 470, index) % 3 === 0 ? 1 : 0;
    const touched = index === 0 && place === 0 ? (this.#touched.get(month.text) ?? 0) : 0;
    const quantity = rounded(share * days * (1 + (index % 5)) + late + touched);
    const cost = rounded(quantity * price);
    return {
      metric,
      metric_name,
      quantity,
      rateable_quantity: quantity,
      cost,
      rated_cost: rounded(cost * 1.05),
      price: [{ tiers: [{ price }] }],
      unit,
      unit_name: unit.toLowerCase(),
      non_chargeable: false,
      discounts: [{ ref: 'd1', name: 'platform-discount', display_name: 'discount', discount: 5 }],
      volume_discount: 0,
      volume_cost: cost,
    };
  }

  /** `GET …/resource_instances/usage/:month`: the usage of the account or of a resource group. */
  answer(pages: Pages, received: Received, refuse: Refuse): Answer {
    const world = this.#world;
    const { parameters, query, path } = received;
    const { id, group, month: text } = parameters;
    if (id !== accountId(world)) return refuse(path, 403);
    if (group !== undefined && !resourceGroupIds(world).includes(group)) return refuse(path, 404);
    if (group === undefined && world.options.missingRoles.includes('billing')) return refuse(path, 403);
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text ?? '')) return refuse(path, 400, 'The month must be yyyy-mm.');
    const [oldest] = this.months();
    if (oldest !== undefined && (text ?? '') < oldest.text) return refuse(path, 404, 'There are no reports that old.');
    const month = this.months().find((one) => one.text === text);
    const rows = month === undefined ? [] : this.rows(month);
    const filters = ['resource_group_id', 'resource_instance_id', 'resource_id', 'plan_id', 'region'] as const;
    const wanted = rows.filter(
      (row) =>
        (group === undefined || row['resource_group_id'] === group) &&
        filters.every((name) => query[name] === undefined || row[name] === query[name]),
    );
    const page = pages.byToken(wanted, query, { path, token: '_start', limit: '_limit', usual: 30, most: 200 });
    if (page === undefined) return refuse(path, 400, '_start or _limit is not valid.');
    const own = path.replace(/^\/billing/, '');
    const end =
      page.next === undefined ? lastPage(world.options.lastPage, 'next') : this.#next(pages, page.next, own, query);
    const names = query['_names'] === 'true';
    const tags = query['_tags'] !== 'false';
    const resources = page.items.map((row) => without(row, names, tags));
    const first = { href: link(own, query, { _limit: String(page.limit) }) };
    return json(200, { limit: page.limit, count: resources.length, first, ...end, resources });
  }

  /** The token is a parameter of the link. The field `offset` contains the percent-encoded token. */
  #next(pages: Pages, from: number, path: string, query: Received['query']): Row {
    const token = pages.token(from);
    return { next: { href: link(path, query, { _start: token }), offset: encodeURIComponent(token) } };
  }
}

/**
 * The instances with usage, databases first. Instances are never added or removed, so that final months don't change.
 */
function usedInstances(world: World): Row[] {
  const { deployments, gen2Deployments } = world.options;
  const databases = [...upTo(deployments).map((index) => deploymentRow(world, index))];
  return [...databases, ...upTo(gen2Deployments).map((index) => gen2Row(world, index)), ...otherRows(world)];
}

function isFinal(world: World, month: Month): boolean {
  return world.clock.now >= dayOfNext(month, FINAL_DAY);
}

/**
 * A row for each metric in the usage rows. Rows that differ only in their amounts are numbered, starting with the
 * second.
 */
export function usageMetrics(rows: readonly Row[]): Row[] {
  const seen = new Map<string, number>();
  return rows.flatMap(({ usage, ...row }) =>
    (usage as Row[]).map((metric) => {
      const { month, resource_instance_id, plan_id, region, pricing_country } = row;
      const same = [month, resource_instance_id, plan_id, region, pricing_country, metric['metric']].join('/');
      const number = (seen.get(same) ?? 0) + 1;
      seen.set(same, number);
      return { ...row, ...metric, ...(number > 1 && { number }) };
    }),
  );
}

function without(row: Row, names: boolean, tags: boolean): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => {
      if (name.endsWith('tags')) return tags;
      return names || !['resource_instance_name', 'resource_group_name', 'resource_name', 'plan_name'].includes(name);
    }),
  );
}

function monthAt(year: number, month: number): Month {
  const begin = Date.UTC(year, month, 1);
  const date = new Date(begin);
  return {
    text: date.toISOString().slice(0, 7),
    begin,
    end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1),
  };
}

function dayOfNext({ end }: Month, day: number): number {
  return end + (day - 1) * DAY;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
