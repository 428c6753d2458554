declare const brand: unique symbol;

/** Text that a server sent: at run time a string, but only `quoted` makes it fit to be shown. */
export interface ServerText {
  readonly [brand]: never;
}

export function serverText(text: string): ServerText {
  return text as unknown as ServerText;
}

/** The text as it was sent, for parsers and decisions only. */
export function rawText(text: ServerText): string {
  return text as unknown as string;
}
