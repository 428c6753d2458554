/** Counts how often each value was seen. */
export class Counts extends Map<string | number, number> {
  add(value: string | number): void {
    this.set(value, (this.get(value) ?? 0) + 1);
  }

  /** The values and their counts, such as `string (3), null (1)`. */
  override toString(): string {
    return [...this].map(([value, count]) => `${value} (${count})`).join(', ');
  }
}
