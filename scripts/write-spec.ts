import { writeFileSync } from 'node:fs';
import { specification } from './specification.ts';

// `npm run spec`: writes spec.json from the config's schema. A test compares the two.
writeFileSync(new URL('../spec.json', import.meta.url), `${JSON.stringify(specification(), null, 2)}\n`);
