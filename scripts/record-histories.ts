// `npm run histories`: records the history of every outcome with the workflow code as it stands, for this version, into test/histories/<version>/.
// To be run once before each release; what was recorded for released versions is never recorded again, for users have such runs open.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { OUTCOMES } from '../test/histories/outcomes.js';
import { toStored } from '../test/histories/stored.js';
import { hire } from '../test/workflow/carry-out.js';
import { devServer } from '../test/workflow/temporal.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const folder = new URL(`../test/histories/${version}/`, import.meta.url);
const crew = await hire(devServer);
const recorded: [string, string][] = [];
for (const outcome of OUTCOMES) {
  const { name } = outcome;
  const text = JSON.stringify(toStored(await outcome.record(crew)));
  console.log(`${name}: ${text.length} bytes`);
  recorded.push([name, text]);
}
await crew.env.teardown();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of recorded) writeFileSync(new URL(`${name}.json`, folder), `${text}\n`);
// The SDK's runtime keeps the process alive.
process.exit(0);
