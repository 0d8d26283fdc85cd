// Writes src/config/request-input.ts from the request's schema. A test fails when the file is out of date.
import { writeFileSync } from 'node:fs';
import { requestInterface } from './request-interface.js';

const file = new URL('../src/config/request-input.ts', import.meta.url);
writeFileSync(file, await requestInterface());
