// The check that a worker's workflow bundle is whole: a copy without its guard or ledger must not
// start at all. A bundle that the SDK makes is checked as webpack ends, a prebuilt one at once.
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import type { BundleOptions, WorkflowBundleOption } from '@temporalio/worker';
import { FlashCopyError } from '../domain/errors.js';
import { FLASH_COPY, GUARD, JANITOR, LEDGER } from '../workflows/messages.js';

/** Names of the workflows that a bundle exports: loaded as the SDK's sandbox loads it, and asked. */
export function workflowsIn(code: string): string[] {
  const sandbox = createContext({
    ...{ AsyncLocalStorage, URL, URLSearchParams, TextEncoder, TextDecoder },
    ...{ AbortController, console },
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
  const add = "add: export * from 'temporal-flashcopy/workflows'";
  throw new FlashCopyError({
    family: 'state',
    code: 'INCOMPLETE_BUNDLE',
    message: `the worker's workflows lack ${missing.join(', ')}; ${add}`,
    details: { missing },
  });
}

/** Of `WorkerOptions.workflowBundle`. Throws INCOMPLETE_BUNDLE. */
export function checkPrebuilt(bundle: WorkflowBundleOption): void {
  checkBundle('code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8'));
}

type WebpackHook = NonNullable<BundleOptions['webpackConfigHook']>;

/**
 * A hook that checks what webpack made, after the hook that the user gave, if any.
 * `Worker.create` and `bundleWorkflowCode` then reject with INCOMPLETE_BUNDLE.
 */
export const checkingHook =
  (theirs: WebpackHook = (config) => config): WebpackHook =>
  (given) => {
    const config = theirs(given);
    const check = {
      apply: (compiler: Compiler): void =>
        compiler.hooks.afterCompile.tap('temporal-flashcopy', ({ assets }) => {
          for (const asset of Object.values(assets)) checkBundle(String(asset.source()));
        }),
    };
    return { ...config, plugins: [...(config.plugins ?? []), check] };
  };

/** What is used of webpack's compiler: its types are a package that users need not have. */
interface Compiler {
  readonly hooks: {
    readonly afterCompile: {
      tap(name: string, use: (compilation: Compilation) => void): void;
    };
  };
}
interface Compilation {
  readonly assets: Readonly<Record<string, { source(): string | Buffer }>>;
}
