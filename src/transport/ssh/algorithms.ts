// Which algorithms an SSH connection may use, and what to say when the server offers none of them.
import type { Algorithms } from 'ssh2';

/** `legacy`: also what old code levels offer alone, SHA-1 and CBC among them. Weaker, so never by default. */
export type SshAlgorithms = 'today' | 'legacy';

const LEGACY: Algorithms = {
  kex: {
    append: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1'],
    ...{ prepend: [], remove: [] },
  },
  cipher: {
    append: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
    ...{ prepend: [], remove: [] },
  },
};

export const algorithmsOf = (which: SshAlgorithms): { algorithms?: Algorithms } =>
  which === 'legacy' ? { algorithms: LEGACY } : {};

/** ssh2 tells what the server offers to its debug log alone, in the order in which it compares. */
export class Offer {
  readonly #kinds = new Map<string, string>();

  readonly hear = (line: string): void => {
    const [, kind = '', names = ''] = /^Handshake: \(remote\) ([^:]+): (.*)$/.exec(line) ?? [];
    if (kind !== '') this.#kinds.set(kind, names);
  };

  /** '' when the handshake failed for another reason. */
  explain(message: string, which: SshAlgorithms): string {
    // What was compared last is what did not match.
    const [kind, names] = [...this.#kinds].at(-1) ?? [];
    if (!message.includes('no matching') || kind === undefined || names === undefined) return '';
    const offered = names
      .replace(/[^\x21-\x7e]+/g, '')
      .split(',')
      // Signals among the names, no algorithms.
      .filter((name) => !/^(kex-strict|ext-info)-/.test(name))
      .join(', ')
      .slice(0, 300);
    const remedy =
      which === 'legacy'
        ? 'not even sshAlgorithms: legacy has one of these'
        : 'an old code level? then set sshAlgorithms: legacy for it in the inventory';
    return `${message}; the server offers as ${kind}: ${offered}; ${remedy}`;
  }
}
