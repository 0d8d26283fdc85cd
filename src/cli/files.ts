// Files a user names on the command line. A file that cannot be read or is no YAML is invalid input, said in one line.
import { FlashCopyError } from '../domain/errors.js';
import { readDocumentFile } from '../worker/document.js';

/** YAML or JSON. Throws UNREADABLE_FILE. */
export function readDocument(file: string): Promise<unknown> {
  return Promise.resolve().then(() => {
    try {
      return readDocumentFile(file);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `${file}: UNREADABLE_FILE; ${why}`;
      throw new FlashCopyError({ family: 'request', code: 'UNREADABLE_FILE', message, cause });
    }
  });
}
