import { writeFileSync } from 'node:fs';
import { PAGE_PATHS, pageUrl, renderPage } from './docs-pages.ts';

// `npm run docs`: makes the generated parts of the pages anew. A test compares them with what is committed.
for (const path of PAGE_PATHS) writeFileSync(pageUrl(path), renderPage(path));
