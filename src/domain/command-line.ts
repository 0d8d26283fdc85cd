// Commands as they are printed for a person: copied into a shell they reach the very run they are about, whatever its id.

/** One word for a POSIX shell. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** `flashcopy cancel flashcopy/erp`. An id without a slash could be the name of a set: `--id` says that it is none. */
export function flashcopyCommand(name: string, workflowId: string, ...flags: string[]): string {
  const isId = workflowId.includes('/') ? [] : ['--id'];
  const id = shellWord(workflowId);
  const words = workflowId.startsWith('-')
    ? [...isId, ...flags, '--', id]
    : [...isId, id, ...flags];
  return ['flashcopy', name, ...words].join(' ');
}
