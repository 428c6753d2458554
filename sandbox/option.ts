/** An option, identified by its name in code and by its flag on the command line. */
export interface Option<Value> {
  readonly default: Value;
  /** The description in `--help`. */
  readonly meaning: string;
  /** The value's placeholder in `--help`. */
  readonly placeholder: string;
  /** The default as written on the command line, if the help shows one. */
  readonly shownDefault?: string;
  /** Completes the sentence `--flag must be …`. */
  readonly kind: string;
  /** Parses the value. Returns undefined if the value is invalid. */
  read(text: string): Value | undefined;
}

export type Values<Table> = { readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never };

export function whole(about: { least: number; most: number; default: number; meaning: string }): Option<number> {
  const { least, most, meaning } = about;
  return {
    default: about.default,
    meaning,
    placeholder: 'n',
    shownDefault: String(about.default),
    kind: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

export function choice<const Word extends string>(
  words: readonly Word[],
  usual: NoInfer<Word>,
  meaning: string,
): Option<Word> {
  return {
    default: usual,
    meaning,
    placeholder: words.join('|'),
    shownDefault: usual,
    kind: `one of ${words.join(', ')}`,
    read: (text) => words.find((word) => word === text),
  };
}

export function onOff(usual: boolean, meaning: string): Option<boolean> {
  const words = choice(['on', 'off'], usual ? 'on' : 'off', meaning);
  return {
    ...words,
    default: usual,
    read: (text) => {
      const word = words.read(text);
      return word === undefined ? undefined : word === 'on';
    },
  };
}

/** A text option. An empty default means that the value is generated at the start, so the help shows no default. */
export function text(usual: string, placeholder: string, meaning: string): Option<string> {
  return {
    default: usual,
    meaning,
    placeholder,
    ...(usual !== '' && { shownDefault: usual }),
    kind: 'a non-empty text',
    read: (value) => (value === '' ? undefined : value),
  };
}

/** An option whose value is a comma-separated list of some of the given words. */
export function someOf<const Word extends string>(words: readonly Word[], meaning: string): Option<readonly Word[]> {
  return {
    default: [],
    meaning,
    placeholder: 'words',
    kind: `some of ${words.join(', ')}, separated by commas`,
    read: (value) => {
      const read = value.split(',').map((part) => words.find((word) => word === part));
      return read.every((word) => word !== undefined) ? read : undefined;
    },
  };
}
