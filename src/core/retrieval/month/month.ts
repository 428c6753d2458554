// A month is a string such as `2026-10`, in UTC.

export function monthOf(text: string): string {
  return text.slice(0, 7);
}

/** Returns the month that is `count` months later, or earlier if `count` is negative. */
export function monthAfter(month: string, count = 1): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return monthOf(new Date(Date.UTC(year, number - 1 + count)).toISOString());
}
