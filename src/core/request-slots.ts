import { OUTAGES_IN_A_ROW } from './lane.ts';

/** What a request may do while it has its turn. */
export interface Turn {
  /** Waits with the slot given back, so that others may use it, and gets one again. It may wait for another request. */
  pause: <T>(wait: () => Promise<T>) => Promise<T>;
  /** The same before another attempt, which waits for nobody but time. */
  retryAfter: <T>(wait: () => Promise<T>) => Promise<T>;
  /** To be told of every attempt: whether the place answered it, be it with an error. */
  heard: (answered: boolean) => void;
}

/** Where requests go. */
interface Place {
  inUse: number;
  waiting: number;
  /** Whether its last attempt was answered; undefined: none has ended yet. */
  answers: boolean | undefined;
  /** The requests that find out whether it answers again, each from its first attempt to its last. */
  readonly probes: Set<Turn>;
  /** How many there were since there was none. */
  probed: number;
}

interface Waiting {
  place: Place;
  turn: Turn;
  go: () => void;
}

/** So many as show that a place is out: more would only make it longer to find out. */
const MOST_PROBES = OUTAGES_IN_A_ROW;

/**
 * The requests that may be in flight at once, shared by all streams of a read. Free slots go to the streams in turn, so
 * that a stream with hundreds of slices does not keep one with a single long walk waiting. Whoever has a slot keeps it
 * until stdout has taken what it read: with a stalled reader nothing piles up. Only who waits for a server to accept requests
 * again lets others go on meanwhile, who may ask another.
 *
 * A place that hangs must not keep the others waiting, since each of its requests holds a slot until its time-out. So while
 * several places are waited for, none gets more than half of the slots, nor do all silent ones together. One that has not
 * answered yet gets no more than half at any time, and one whose last attempt brought no answer gets one: for a few requests
 * that make their attempts, while the others to that place wait. If there is only one place, it has all slots.
 */
export class RequestSlots {
  readonly #half: number;
  #free: number;
  /** The waiting of each stream. A Map keeps its order, so its first entry is the stream whose turn it is. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #places = new Map<string, Place>();
  #isGivingOut = false;

  constructor(slots: number) {
    this.#free = slots;
    this.#half = Math.max(1, Math.floor(slots / 2));
  }

  /** `owner` is the stream that asks, `at` names the place that it asks. */
  async use<T>(owner: string, at: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const place = this.#placeAt(at);
    const rest = async <T>(wait: () => Promise<T>): Promise<T> => {
      this.#giveBack(place);
      try {
        return await wait();
      } finally {
        await this.#turnOf(owner, place, turn);
      }
    };
    const turn: Turn = {
      pause(wait) {
        // Who waits for another must not keep it from going, nor the others of the place.
        removeProbe(place, turn);
        return rest(wait);
      },
      retryAfter(wait) {
        if (place.answers === false) addProbe(place, turn);
        return rest(wait);
      },
      heard: (answered) => {
        const isNews = answered && place.answers !== true;
        place.answers = answered;
        if (!isNews) return;
        place.probes.clear();
        place.probed = 0;
        this.#giveOut();
      },
    };
    await this.#turnOf(owner, place, turn);
    try {
      return await work(turn);
    } finally {
      removeProbe(place, turn);
      this.#giveBack(place);
    }
  }

  #placeAt(at: string): Place {
    const known = this.#places.get(at);
    if (known !== undefined) return known;
    const place: Place = { inUse: 0, waiting: 0, answers: undefined, probes: new Set(), probed: 0 };
    this.#places.set(at, place);
    return place;
  }

  #turnOf(owner: string, place: Place, turn: Turn): Promise<void> {
    return new Promise((go) => {
      place.waiting += 1;
      const line = this.#waiting.get(owner);
      if (line === undefined) this.#waiting.set(owner, [{ place, turn, go }]);
      else line.push({ place, turn, go });
      if (this.#free > 0) this.#giveOutSoon();
    });
  }

  #giveBack(place: Place): void {
    place.inUse -= 1;
    this.#free += 1;
    this.#giveOut();
  }

  /** Once all who ask at this moment have said where they want to go: else the first place would get everything. */
  #giveOutSoon(): void {
    if (this.#isGivingOut) return;
    this.#isGivingOut = true;
    queueMicrotask(() => {
      this.#isGivingOut = false;
      this.#giveOut();
    });
  }

  #giveOut(): void {
    while (this.#free > 0) {
      const next = this.#next();
      if (next === undefined) return;
      const { place, turn, go } = next;
      place.waiting -= 1;
      place.inUse += 1;
      this.#free -= 1;
      if (place.answers === false) addProbe(place, turn);
      go();
    }
  }

  /** No slot stays free while somebody waits who is not barred. */
  #next(): Waiting | undefined {
    const fair = this.#isOneWaitedFor()
      ? undefined
      : this.#take((each) => !this.#isBarred(each) && this.#hasLess(each));
    return fair ?? this.#take((each) => !this.#isBarred(each));
  }

  #take(mayGo: (waiting: Waiting) => boolean): Waiting | undefined {
    for (const [owner, line] of this.#waiting) {
      const at = line.findIndex(mayGo);
      if (at === -1) continue;
      const [next] = line.splice(at, 1);
      this.#waiting.delete(owner);
      if (line.length > 0) this.#waiting.set(owner, line);
      return next;
    }
    return undefined;
  }

  #isOneWaitedFor(): boolean {
    let waitedFor = 0;
    for (const { waiting } of this.#places.values()) if (waiting > 0) waitedFor += 1;
    return waitedFor === 1;
  }

  #isBarred({ place: { answers, inUse, probes, probed }, turn }: Waiting): boolean {
    if (answers === true || this.#places.size === 1) return false;
    if (answers === undefined) return inUse >= this.#half;
    return inUse > 0 || (probed >= MOST_PROBES && !probes.has(turn));
  }

  /** Whether one more leaves the others their half. */
  #hasLess({ place }: Waiting): boolean {
    if (place.answers !== false) return place.inUse < this.#half;
    let inUse = 0;
    for (const each of this.#places.values()) if (each.answers === false) inUse += each.inUse;
    return inUse < this.#half;
  }
}

function addProbe(place: Place, turn: Turn): void {
  if (place.probed >= MOST_PROBES || place.probes.has(turn)) return;
  place.probes.add(turn);
  place.probed += 1;
}

function removeProbe(place: Place, turn: Turn): void {
  place.probes.delete(turn);
  if (place.probes.size === 0) place.probed = 0;
}
