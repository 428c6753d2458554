// A month is a string such as `2026-10`, in UTC.

/** The month of a time, which is given as UTC text. */
export function monthOf(text: string): string {
  return text.slice(0, 7);
}

/** The month that is `count` months later, or earlier if `count` is negative. */
export function monthAfter(month: string, count = 1): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return monthOf(new Date(Date.UTC(year, number - 1 + count)).toISOString());
}
