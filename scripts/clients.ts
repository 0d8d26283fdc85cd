// Other people's clients against the simulator (`make test-clients`): sets them up, runs each file of test/clients in two lanes, and ends
// with the plain line `N passed, N failed`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

const FOLDER = 'test/clients';
/** Then it is interrupted, so that it ends its array, too. */
const FILE_LIMIT_MS = 500_000;
const scratch = mkdtempSync(path.join(tmpdir(), 'flashcopy-clients-'));
const counted = { passed: 0, failed: 0, skipped: 0 };

/** Which environment runs a file: what has no client in its name needs nothing but pytest. */
const environmentOf = (file: string): string => /^test_(cinder|ansible)/.exec(file)?.[1] ?? 'pysvc';

async function runFile(file: string): Promise<void> {
  const report = path.join(scratch, `${file}.xml`);
  const python = path.resolve('.tools/clients', environmentOf(file), 'bin/python');
  const began = performance.now();
  const run = await execa(
    python,
    ['-B', '-m', 'pytest', '-q', '-W', 'ignore', '--tb=short', `--junitxml=${report}`, file],
    {
      cwd: FOLDER,
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: FILE_LIMIT_MS,
      killSignal: 'SIGINT',
    },
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (run.exitCode !== 0) console.log(run.all);
  console.log(
    `-- ${file}: ${run.exitCode === 0 ? 'ok' : run.timedOut ? 'FAILED (took too long)' : 'FAILED'}, ${seconds} s`,
  );
  count(report, run.exitCode === 0);
}

/** A file that cannot be loaded, or took too long, is a failure without a report. */
function count(report: string, ok: boolean): void {
  let suite = '';
  try {
    suite = readFileSync(report, 'utf8');
  } catch {
    counted.failed += 1;
    return;
  }
  const number = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  counted.failed += ok ? 0 : Math.max(failed, 1);
  counted.skipped += number('skipped');
  counted.passed += number('tests') - failed - number('skipped');
}

async function lane(files: readonly string[]): Promise<void> {
  for (const file of files) await runFile(file);
}

const wanted = process.argv.slice(2);
const files = readdirSync(FOLDER).filter(
  (file) =>
    /^test_.*\.py$/.test(file) &&
    (wanted.length === 0 || wanted.some((part) => file.includes(part))),
);
await execa('sh', [`${FOLDER}/setup.sh`], { stdio: 'inherit' });
await Promise.all([
  lane(files.filter((file) => environmentOf(file) === 'cinder')),
  lane(files.filter((file) => environmentOf(file) !== 'cinder')),
]);
rmSync(scratch, { recursive: true, force: true });
console.log(
  `${counted.passed} passed, ${counted.failed} failed${counted.skipped > 0 ? `, ${counted.skipped} skipped` : ''}`,
);
process.exitCode = counted.failed === 0 && counted.passed > 0 ? 0 : 1;
