// The caller's own signal as a promise that can be raced against the work.

/** Rejects with `reason()` when the signal fires; `forget` ends the watch. Without a signal it never settles. */
export function whenAborted(
  signal: AbortSignal | undefined,
  reason: () => Error,
): { readonly aborted: Promise<never>; forget(): void } {
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    if (signal === undefined) return;
    const onAbort = (): void => reject(reason());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    forget = () => signal.removeEventListener('abort', onAbort);
  });
  aborted.catch(() => undefined);
  return { aborted, forget: () => forget() };
}
