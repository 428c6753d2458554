// A month is a text such as `2026-10`, in UTC.

/** The month of a moment in UTC text. */
export function monthOf(text: string): string {
  return text.slice(0, 7);
}

/** The month that comes so many after it, or before it if negative. */
export function monthAfter(month: string, count = 1): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const months = year * 12 + number - 1 + count;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}
