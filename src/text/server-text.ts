declare const brand: unique symbol;

/**
 * Text that a server sent. At run time it is a string, but no type takes it for one: `quoted` makes it fit to be shown,
 * `rawText` hands it to a parser.
 */
export interface ServerText {
  readonly [brand]: never;
}

/** Marks text as sent by a server. */
export function serverText(text: string): ServerText {
  return text as unknown as ServerText;
}

/** The text as it was sent, for parsers and decisions only. */
export function rawText(text: ServerText): string {
  return text as unknown as string;
}
