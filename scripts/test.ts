// Runs every check and every tier of tests, some side by side, and ends with the plain line `N passed, N failed`. With `lab-long` or `restart`: that tier alone.
// A check counts as one. Lab tests need root, QEMU and tgt; where these cannot be had they are listed as skipped with the reason.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

interface Counted {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const results = { passed: 0, failed: 0, skipped: [] as string[], failures: [] as string[] };

/** Said again at the end: a thousand lines after the failure nobody finds it, and some readers are shown only the end. */
function failed(what: string, why = ''): void {
  results.failed += 1;
  results.failures.push([what, ...why.split('\n').filter(Boolean).slice(0, 12)].join('\n  '));
}
const scratch = mkdtempSync(path.join(tmpdir(), 'flashcopy-test-'));

/** What a command says is printed when it has ended: the lanes would otherwise talk at once. */
async function timed(name: string, command: string): Promise<boolean> {
  const began = performance.now();
  const run = await execa(command, {
    shell: true,
    preferLocal: true,
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  const seconds = (performance.now() - began) / 1000;
  const ok = run.exitCode === 0;
  if (run.all.trim() !== '') console.log(run.all.trim());
  console.log(
    `-- ${name}: ${ok ? 'ok' : `FAILED (exit ${run.exitCode})`}, ${seconds.toFixed(1)} s`,
  );
  return ok;
}

async function check(name: string, command: string): Promise<void> {
  if (await timed(name, command)) results.passed += 1;
  else failed(name);
}

async function tier(name: string): Promise<void> {
  const file = path.join(scratch, `${name}.json`);
  const vitest = `vitest run --project ${name} --reporter=dot --reporter=json --outputFile.json=${file}`;
  const ok = await timed(`tests: ${name}`, vitest);
  let counted: Counted;
  try {
    counted = JSON.parse(readFileSync(file, 'utf8')) as Counted;
  } catch {
    failed(`${name}: no report`);
    return;
  }
  results.passed += counted.numPassedTests;
  for (const suite of counted.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'failed')
        failed(`${name}: ${test.fullName}`, test.failureMessages.join('\n'));
      else if (test.status !== 'passed') results.skipped.push(`${name}: ${test.fullName}`);
    }
  }
  // A file that cannot even be loaded, or an error outside every test, fails the run without a failed test.
  if (!ok && counted.numFailedTests === 0)
    failed(
      `${name}: outside the tests`,
      counted.testResults.map((suite) => suite.message).join('\n'),
    );
}

/** Why there can be no lab here; undefined once its programs are installed. */
async function noLab(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'the lab needs Linux';
  if (process.getuid?.() !== 0) return 'the lab needs root';
  return (await timed('programs for the lab', 'sh lab/install.sh'))
    ? undefined
    : 'QEMU, tgt or mmdebstrap cannot be installed here';
}

async function checks(): Promise<void> {
  await check('lint and format', 'npm run --silent lint');
  await tier('unit');
  await tier('simulation');
}

async function servers(): Promise<void> {
  await check('build', 'make --silent dist/.built');
  // With scripts it would build dist anew, while the others read it.
  await check(
    'package: publint and types',
    'npm_config_ignore_scripts=true npm run --silent check:package',
  );
  for (const name of ['package', 'workflow']) await tier(name);
}

/** The image the lab will start from. */
async function image(): Promise<string | undefined> {
  const reason = await noLab();
  if (reason === undefined)
    await timed('guest image for the lab', 'node --import tsx lab/prepare.ts');
  return reason;
}

/** What waits more than it computes, and what is short: beside the lab, whose guests leave half a processor. */
async function besideTheLab(): Promise<void> {
  for (const name of ['contract', 'secrets']) await tier(name);
  await check('types', 'npm run --silent typecheck');
  await check('import rules and unused code', 'npm run --silent deps');
}

/** In a lab of the tests' own: one that a person left up stays as it is. */
async function inLab(name: 'lab' | 'lab-long', reason: string | undefined): Promise<void> {
  if (reason !== undefined) {
    results.skipped.push(`${name}: all tests (${reason})`);
    return;
  }
  process.env['LAB_DIR'] = path.resolve('lab/run-test');
  await tier(name);
  await timed('lab down', 'node --import tsx lab/down.ts');
}

const only = process.argv[2];
if (only === 'restart') {
  await tier('restart');
} else if (only === 'lab-long') {
  await inLab('lab-long', await noLab());
} else {
  const [reason] = await Promise.all([image(), checks(), servers()]);
  await Promise.all([inLab('lab', reason), besideTheLab()]);
}

rmSync(scratch, { recursive: true, force: true });
for (const failure of results.failures) console.log(`failed: ${failure}`);
for (const line of results.skipped) console.log(`skipped: ${line}`);
const skipped = results.skipped.length > 0 ? `, ${results.skipped.length} skipped` : '';
console.log(`${results.passed} passed, ${results.failed} failed${skipped}`);
process.exitCode = results.failed === 0 && results.passed > 0 ? 0 : 1;
