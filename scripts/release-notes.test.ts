import { expect, test } from 'vitest';
import { releaseNotes } from './release-notes.ts';

const changelog = `# Changelog

## [Unreleased]

- Not yet.

## [0.10.0] - 2026-12-01

### Added

- A thing.

## [0.1.0] - 2026-11-24

- The first one.
`;

test("the release notes consist of the text below the release's heading", () => {
  expect(releaseNotes('v0.10.0', '0.10.0', changelog)).toBe('### Added\n\n- A thing.');
  expect(releaseNotes('v0.1.0', '0.1.0', changelog)).toBe('- The first one.');
});

test.each([
  ['a tag of another release', 'v0.10.1', '0.10.0', changelog, 'The tag is v0.10.1, and package.json says 0.10.0'],
  ['a tag without its v', '0.10.0', '0.10.0', changelog, 'The tag is 0.10.0'],
  ['a release that the changelog does not have', 'v0.2.0', '0.2.0', changelog, 'no section for 0.2.0'],
  ['a release without a date', 'v0.2.0', '0.2.0', '## [0.2.0]\n\n- A thing.\n', 'no date for 0.2.0'],
  ['an empty section', 'v0.2.0', '0.2.0', '## [0.2.0] - 2026-12-01\n\n### Added\n', 'is empty'],
])('%s causes an error', (_, tag, version, text, message) => {
  expect(() => releaseNotes(tag, version, text)).toThrow(message);
});
