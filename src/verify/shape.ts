import type { StreamSink } from '../core/output/output.ts';
import { isRow } from '../core/record/row.ts';
import type { Field } from '../core/stream/fields.ts';
import { count } from '../text/count.ts';
import type { Stream } from '../core/stream/stream.ts';
import { Counts } from './exchanges.ts';

/** Fields whose values are shown if VALUES contains them. Any other value could be confidential. */
const ENUMERATIONS: ReadonlySet<string> = new Set(
  `generation group_id last_operation_state last_operation_type membership_type method outcome platform resource scope
  severity state status template type`.split(/\s+/),
);
const VALUES: ReadonlySet<string> = new Set(
  `account active analytics automatic backup bi_connector classic complete completed configuration cpu create critical
  delete deprecated disk dynamic elasticsearch elasticsearchpl enterprisedb etcd expired failed failure gen1 gen2 in-place
  inactive instance ip member memory mongodb mongodbee mongodbees mysql normal on_demand PAYG password pending_reclamation
  pending_removal postgresql pre_provisioning profile provisioning queued rabbitmq redis removed resource_group restore
  running satellite scheduled search service stable static SUBSCRIPTION succeeded success TRIAL update upgrade user valkey
  warning ACTIVE`.split(/\s+/),
);
/** Matches the names of undeclared fields that the report may show. Any other name could contain data. */
const NAME = /^[A-Za-z_]{1,40}$/;
const MAX_UNDECLARED = 50;

type ShapedStream = Pick<Stream, 'name' | 'fields' | 'dropped'>;

/** The types and values seen in a field, and the shapes of its nested fields. Rows are not kept. */
export class Shape {
  readonly path: string;
  readonly types = new Counts();
  readonly values = new Counts();
  readonly inner: ReadonlyMap<string, Shape>;
  readonly #prefix: string;
  readonly #isEnumeration: boolean;

  constructor(path: string, name: string, { kind, properties = {} }: Pick<Field, 'kind' | 'properties'>) {
    this.path = path;
    this.#prefix = path === '' ? '' : `${path}${kind === 'list' ? '[]' : ''}.`;
    this.#isEnumeration = ENUMERATIONS.has(name);
    const inner = Object.entries(properties).map(
      ([key, field]) => [key, new Shape(`${this.#prefix}${key}`, key, field)] as const,
    );
    this.inner = new Map(inner);
  }

  /** Counts the types and values in `value`, and calls `undeclared` for each undeclared field inside it. */
  see(value: unknown, undeclared: (path: string, name: string) => void): void {
    this.types.add(
      value === undefined ? 'absent' : value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value,
    );
    if (this.#isEnumeration && typeof value === 'string') this.values.add(VALUES.has(value) ? value : 'other');
    if (this.inner.size === 0) return;
    for (const row of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (!isRow(row)) continue;
      for (const [name, shape] of this.inner) shape.see(row[name], undeclared);
      for (const name in row) if (!this.inner.has(name)) undeclared(`${this.#prefix}${name}`, name);
    }
  }
}

/** The shape of a stream's rows, as returned by the API, and the names of undeclared fields. */
export class StreamShape implements StreamSink {
  readonly shape: Shape;
  readonly undeclared = new Set<string>();
  readonly #stream: ShapedStream;
  readonly #stderr: (text: string) => void;

  constructor(stream: ShapedStream, stderr: (text: string) => void) {
    this.#stream = stream;
    this.#stderr = stderr;
    this.shape = new Shape('', '', { kind: 'object', properties: stream.fields });
  }

  received(rows: readonly unknown[]): void {
    this.shape.see(rows, (path, name) => {
      if (this.#stream.dropped?.includes(path) === true || this.undeclared.size >= MAX_UNDECLARED) return;
      this.undeclared.add(NAME.test(name) ? path : 'a name that is not shown');
    });
  }

  record(): number {
    // The size of a record matters only for saving states, and verify saves none.
    return 0;
  }

  started(): void {}
  state(): void {}
  held(): void {}

  ended(complete: boolean, _last: unknown, total: number): void {
    if (complete) this.#stderr(`${this.#stream.name}: ${count(total, 'record')}\n`);
  }
}
