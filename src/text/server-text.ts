declare const brand: unique symbol;

/** Text that a server sent: at run time a string, but only `quoted` makes it safe to show. */
export interface ServerText {
  readonly [brand]: never;
}

export function serverText(text: string): ServerText {
  return text as unknown as ServerText;
}

/** The text as it was sent, only for parsers and decisions. */
export function rawText(text: ServerText): string {
  return text as unknown as string;
}
