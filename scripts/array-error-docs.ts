// Writes docs/array-errors.md from the table of refusals. A test fails when the page is out of date.
import { writeFileSync } from 'node:fs';
import { arrayErrorReference } from './array-error-reference.js';

writeFileSync(new URL('../docs/array-errors.md', import.meta.url), arrayErrorReference());
