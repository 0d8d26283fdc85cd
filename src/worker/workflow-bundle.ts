// The library's own workflow code, bundled once in a process.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';

/** Beside this file in dist; as TypeScript when run from source. */
export function workflowsPath(): string {
  const built = fileURLToPath(new URL('../workflows/index.js', import.meta.url));
  return existsSync(built) ? built : built.replace(/\.js$/, '.ts');
}

const ours = new Map<string, Promise<WorkflowBundle>>();

/**
 * The library's own workflows. Bundled at the first call in this process, about a second, for each
 * failure converter; then kept.
 */
export function flashCopyBundle(failureConverterPath = ''): Promise<WorkflowBundle> {
  const converter = failureConverterPath === '' ? {} : { failureConverterPath };
  const made =
    ours.get(failureConverterPath) ??
    bundleWorkflowCode({ workflowsPath: workflowsPath(), logger: quietLogger, ...converter });
  ours.set(failureConverterPath, made);
  return made;
}

/** The bundler tells its whole story at level INFO; only trouble is of interest here. */
const quietLogger: NonNullable<Parameters<typeof bundleWorkflowCode>[0]['logger']> = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => void process.stderr.write(`${message}\n`),
  error: (message) => void process.stderr.write(`${message}\n`),
};
