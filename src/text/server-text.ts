declare const brand: unique symbol;

/** Text from a server. At run time it is a string, but only `quoted` makes it safe to show. */
export interface ServerText {
  readonly [brand]: never;
}

export function serverText(text: string): ServerText {
  return text as unknown as ServerText;
}

/** The original text, for code that parses or interprets it. */
export function rawText(text: ServerText): string {
  return text as unknown as string;
}
