/**
 * Returns a release's section in CHANGELOG.md. Throws if `tag` isn't `v` plus the version in package.json, or if the section is missing,
 * undated or empty.
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, and package.json says ${version}.`);
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section for ${version}. Move "Unreleased" there.`);
  const [heading = '', ...lines] = section.split('\n');
  if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading)) throw new Error(`CHANGELOG.md has no date for ${version}.`);
  const notes = lines.join('\n').trim();
  if (!/^- /m.test(notes)) throw new Error(`The section for ${version} in CHANGELOG.md is empty.`);
  return notes;
}
