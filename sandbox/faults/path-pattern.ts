/** Makes a path with `*` (within a segment) and `**` (any number of segments) into a test for paths. */
export const pathPattern = (pattern: string): ((path: string) => boolean) => {
  const rooted = pattern.startsWith('/') ? pattern : `/${pattern}`;
  if (!rooted.includes('*')) return (path) => path === rooted;
  const source = rooted
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
};
