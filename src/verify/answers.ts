import type { Exchange } from '../http/client-options.ts';
import type { Probe } from '../platforms/platform.ts';

/** The observations about an open question, and how often each was made. */
interface Answer {
  asExpected: Map<string, number>;
  different: Map<string, number>;
}

/** The evidence about the open questions in all responses. */
export class Answers {
  readonly #probes: ReadonlyArray<[string, Probe]>;
  readonly #answers = new Map<string, Answer>();

  constructor(probes: Readonly<Record<string, Probe>>) {
    this.#probes = Object.entries(probes);
  }

  see(endpoint: string, exchange: Exchange): void {
    for (const [id, { at, look }] of this.#probes) {
      if (!at.test(endpoint)) continue;
      for (const [isAsExpected, expected, different = expected] of look(exchange)) {
        const answer = this.#answers.get(id) ?? { asExpected: new Map(), different: new Map() };
        this.#answers.set(id, answer);
        const [seen, what] = isAsExpected ? [answer.asExpected, expected] : [answer.different, different];
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
    }
  }

  /** The result for a question, and the evidence. */
  of(id: string): [result: 'confirmed' | 'different' | 'not seen', evidence: string] {
    const { asExpected, different } = this.#answers.get(id) ?? { asExpected: new Map(), different: new Map() };
    const evidence = [...different, ...asExpected].map(([what, count]) => `${what} (${count})`).join(', ');
    return [different.size > 0 ? 'different' : asExpected.size > 0 ? 'confirmed' : 'not seen', evidence];
  }
}
