import { type Values, choice, text, whole } from '../option.ts';

/** No source says whether `cursor` and `newer_than` are inclusive, so the sandbox supports every possibility. */
const BOUNDS = ['exclusive', 'inclusive', 'ignored'] as const;

export const COMPOSE_OPTIONS = {
  token: text('', 'text', 'the only valid token (default: made from the seed)'),
  deployments: whole({
    least: 0,
    most: 100_000,
    default: 5,
    meaning: 'number of deployments; 11 cover every database type',
  }),
  recipes: whole({
    least: 0,
    most: 1_000_000,
    default: 12,
    meaning: 'recipes per deployment, including nested recipes',
  }),
  auditEvents: whole({
    least: 0,
    most: 1_000_000_000,
    default: 1200,
    meaning: 'number of audit events, including future events',
  }),
  futureEvents: whole({
    least: 0,
    most: 1_000_000_000,
    default: 0,
    meaning: 'how many of the newest events are dated in 2099',
  }),
  ties: whole({ least: 1, most: 1_000_000, default: 3, meaning: 'how many consecutive events share a timestamp' }),
  cursor: choice(
    BOUNDS,
    'exclusive',
    "where a page starts; inclusive: at the cursor's event; exclusive: after this event; ignored: always at the newest event",
  ),
  newerThan: choice(
    BOUNDS,
    'exclusive',
    'whether newer_than includes events of exactly that time; ignored: it has no effect',
  ),
  maxLimit: whole({
    least: 1,
    most: 100_000,
    default: 100,
    meaning: 'maximum number of events per page; a higher limit is clamped to this value',
  }),
  oldCursors: choice(
    ['accepted', 'refused', 'empty'],
    'accepted',
    "the response to a cursor that wasn't on a recent page; accepted: the next page; refused: 422; empty: an empty page",
  ),
} as const;

export type ComposeOptions = Values<typeof COMPOSE_OPTIONS>;

/** Rejects options that contradict each other. */
export function checkComposeOptions({ futureEvents, auditEvents }: ComposeOptions): void {
  if (futureEvents > auditEvents) throw new RangeError('futureEvents must not exceed auditEvents');
}
