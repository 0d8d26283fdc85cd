// Writes docs/request.md from the request's schema: every field with type, default and meaning. A test fails when the file is out of date.
import { writeFileSync } from 'node:fs';
import { requestReference } from './request-reference.js';

writeFileSync(new URL('../docs/request.md', import.meta.url), requestReference());
