const MOST = 1000;

/** The ids that pages have ended with lately: the cursors that a walk in progress can have. */
export class HandedOut {
  readonly #ids = new Set<string>();

  add(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size > MOST) for (const oldest of this.#ids) return void this.#ids.delete(oldest);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  clear(): void {
    this.#ids.clear();
  }
}
