/** Changes what stands at a dotted path of a JSON value; undefined takes it away. For tests that break one thing. */
export function putValue(root: object, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let inner = root as Record<string, unknown>;
  for (const name of names) inner = inner[name] as Record<string, unknown>;
  if (value === undefined) delete inner[last];
  else inner[last] = value;
}
