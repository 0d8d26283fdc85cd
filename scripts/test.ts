// Runs every check and every tier of tests, one after the other, and ends with the plain line `N passed, N failed`.
// A check counts as one. Lab tests need root, QEMU and tgt; where these cannot be had they are listed as skipped with the reason.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Counted {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const results = { passed: 0, failed: 0, skipped: [] as string[] };
const scratch = mkdtempSync(path.join(tmpdir(), 'flashcopy-test-'));

function run(command: string): Promise<number> {
  return new Promise<number>((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function timed(name: string, command: string): Promise<number> {
  const began = process.hrtime.bigint();
  const code = await run(command);
  const seconds = Number((process.hrtime.bigint() - began) / 1_000_000n) / 1000;
  console.log(`-- ${name}: ${code === 0 ? 'ok' : `FAILED (exit ${code})`}, ${seconds.toFixed(1)} s`);
  return code;
}

async function check(name: string, command: string): Promise<void> {
  if ((await timed(name, command)) === 0) results.passed += 1;
  else results.failed += 1;
}

async function tier(name: string): Promise<void> {
  const file = path.join(scratch, `${name}.json`);
  const code = await timed(
    `tests: ${name}`,
    `npx vitest run --project ${name} --reporter=dot --reporter=json --outputFile.json=${file}`,
  );
  let counted: Counted;
  try {
    counted = JSON.parse(readFileSync(file, 'utf8')) as Counted;
  } catch {
    results.failed += 1;
    return;
  }
  results.passed += counted.numPassedTests;
  results.failed += counted.numFailedTests;
  // A file that cannot even be loaded fails the run without a failed test.
  if (code !== 0 && counted.numFailedTests === 0) results.failed += 1;
  for (const suite of counted.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status !== 'passed' && test.status !== 'failed') results.skipped.push(`${name}: ${test.fullName}`);
    }
  }
}

function labReason(): string | undefined {
  if (process.platform !== 'linux') return 'the lab needs Linux';
  if (process.getuid?.() !== 0) return 'the lab needs root';
  const installed = spawnSync('sh', ['lab/install.sh'], { stdio: 'inherit' });
  return installed.status === 0 ? undefined : 'QEMU, tgt or mmdebstrap cannot be installed here';
}

await check('types', 'npm run --silent typecheck');
await check('lint and format', 'npm run --silent lint');
await check('import rules and unused code', 'npm run --silent deps');
await check('package: publint and types', 'npm run --silent check:package');
for (const name of ['unit', 'contract', 'workflow', 'package']) await tier(name);
const reason = labReason();
if (reason === undefined) {
  // A lab of the tests' own: one that a person left up stays as it is.
  process.env['LAB_DIR'] = path.resolve('lab/run-test');
  await tier('lab');
  await run('npx tsx lab/down.ts');
} else results.skipped.push(`lab: all tests (${reason})`);

rmSync(scratch, { recursive: true, force: true });
for (const line of results.skipped) console.log(`skipped: ${line}`);
const skipped = results.skipped.length > 0 ? `, ${results.skipped.length} skipped` : '';
console.log(`${results.passed} passed, ${results.failed} failed${skipped}`);
process.exitCode = results.failed === 0 && results.passed > 0 ? 0 : 1;
