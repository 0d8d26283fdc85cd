// Writes docs/timing.md from the one module of time limits. A test fails when the page is out of date.
import { writeFileSync } from 'node:fs';
import { timingReference } from './timing-reference.js';

writeFileSync(new URL('../docs/timing.md', import.meta.url), timingReference());
