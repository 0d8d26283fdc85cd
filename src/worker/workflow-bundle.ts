// The workflow code a worker runs, bundled once, and the check that it is whole: a copy without its guard or ledger must not start at all.
import { readFile } from 'node:fs/promises';
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { FlashCopyError } from '../domain/errors.js';
import { FLASH_COPY, GUARD, JANITOR, LEDGER } from '../workflows/messages.js';

/** Beside this file in dist; as TypeScript when run from source. */
export function workflowsPath(): string {
  const built = fileURLToPath(new URL('../workflows/index.js', import.meta.url));
  return existsSync(built) ? built : built.replace(/\.js$/, '.ts');
}

const ours = new Map<string, Promise<WorkflowBundle>>();

/** The library's own workflows, bundled at the first call in this process (about a second) for each failure converter, then kept. */
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

/** The code a worker with these options would run; undefined when it runs our own. */
export async function codeOf(options: WorkerOptions): Promise<string | undefined> {
  const {
    workflowBundle: bundle,
    workflowsPath: path,
    bundlerOptions,
    interceptors,
    dataConverter,
    plugins,
  } = options;
  if (bundle !== undefined)
    return 'code' in bundle ? bundle.code : readFile(bundle.codePath, 'utf8');
  if (path === undefined) return undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: path,
    logger: quietLogger,
    ...bundlerOptions,
    ...(interceptors?.workflowModules === undefined
      ? {}
      : { workflowInterceptorModules: interceptors.workflowModules }),
    ...(dataConverter?.payloadConverterPath === undefined
      ? {}
      : { payloadConverterPath: dataConverter.payloadConverterPath }),
    ...(dataConverter?.failureConverterPath === undefined
      ? {}
      : { failureConverterPath: dataConverter.failureConverterPath }),
    ...(plugins === undefined ? {} : { plugins }),
  });
  return code;
}

/** Names of the workflows a bundle exports: it is loaded the way the SDK's sandbox does, and asked. */
export function workflowsIn(code: string): string[] {
  const sandbox = createContext({
    ...{
      AsyncLocalStorage,
      URL,
      URLSearchParams,
      TextEncoder,
      TextDecoder,
      AbortController,
      console,
    },
    __webpack_module_cache__: {},
  });
  const names: unknown = runInContext(
    `${code}\n;Object.keys(__TEMPORAL__.importWorkflows())`,
    sandbox,
  );
  return [...(names as Iterable<string>)];
}

/** Throws INCOMPLETE_BUNDLE with one line that names what is missing and what to add. */
export function checkBundle(code: string): void {
  const exported = workflowsIn(code);
  const missing = [FLASH_COPY, GUARD, LEDGER, JANITOR].filter((name) => !exported.includes(name));
  if (missing.length === 0) return;
  throw new FlashCopyError({
    family: 'state',
    code: 'INCOMPLETE_BUNDLE',
    message: `the worker's workflows lack ${missing.join(', ')}; add: export * from 'temporal-flashcopy/workflows'`,
    details: { missing },
  });
}
