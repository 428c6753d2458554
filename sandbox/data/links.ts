/** Where links of the real API point to. They are never meant to be followed: reference, section 5. */
const API = 'https://api.compose.io/2016-07';

export interface Link {
  readonly href: string;
  readonly templated: boolean;
}

/** A templated link as Compose writes them; relative ones have been seen too. */
export const link = (path: string, root: string = `${API}/`): Link => ({
  href: `${root}${path}{?embed}`,
  templated: true,
});
