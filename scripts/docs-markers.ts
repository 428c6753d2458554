const SECTION = /<!-- generated: (\w+) -->[\s\S]*?<!-- \/generated -->/g;

/**
 * The page with the given texts between their markers. Throws if it has a marker without a text, or lacks one that was
 * given: else a table could vanish from a page without anyone's notice.
 */
export function fillMarkers(page: string, sections: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(sections));
  const filled = page.replace(SECTION, (_, name: string) => {
    const text = sections[name];
    if (text === undefined) throw new Error(`nothing generates the section ${name}`);
    missing.delete(name);
    // Prettier would pad the tables; padded, one long cell would change every line.
    return [
      `<!-- generated: ${name} -->`,
      '<!-- prettier-ignore-start -->',
      `\n${text}\n`,
      '<!-- prettier-ignore-end -->',
      '<!-- /generated -->',
    ].join('\n');
  });
  if (missing.size > 0) throw new Error(`the page has no marker for ${[...missing].join(', ')}`);
  return filled;
}
