/** Options for Node.js, as in NODE_OPTIONS, that set the initial time of a child process's clock. */
export function clockAt(time: number): string {
  const shift = time - Date.now();
  const script = `const { now } = Date; const Real = Date; globalThis.Date = class extends Real { constructor(...given) { if (given.length === 0) super(now() + ${shift}); else super(...given); } static now() { return now() + ${shift}; } };`;
  return `--import data:text/javascript,${encodeURIComponent(script)}`;
}
