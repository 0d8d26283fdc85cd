// The shell program: whole, clean, and readable for the plainest shell.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentProgram, PARTS } from '../../../../src/host/linux/agent-program.js';

const folder = new URL('../../../../src/host/linux/agent/', import.meta.url);
const found = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

describe('the agent program', () => {
  it('holds every part of the folder, each once', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.sh'));
    expect([...PARTS].map((part) => `${part}.sh`).sort()).toEqual(files.sort());
  });

  it('is named by its content', () => {
    expect(agentProgram().hash).toMatch(/^[0-9a-f]{16}$/);
    expect(agentProgram().text).toContain('cmd_give_back');
  });

  it.skipIf(!found('shellcheck'))(
    'passes shellcheck as one POSIX program (skipped where shellcheck is missing)',
    // Two seconds of work, more where everything is tested at once.
    { timeout: 90_000 },
    () => {
      const check = spawnSync('shellcheck', ['-s', 'sh', '-'], {
        input: agentProgram().text,
        encoding: 'utf8',
      });
      expect(check.stdout).toBe('');
      expect(check.status).toBe(0);
    },
  );

  it.each(['dash', 'busybox', 'bash'].filter(found))('is read without complaint by %s', (shell) => {
    const words =
      shell === 'busybox' ? ['ash', '-n'] : shell === 'bash' ? ['--posix', '-n'] : ['-n'];
    const check = spawnSync(shell, words, { input: agentProgram().text, encoding: 'utf8' });
    expect(check.stderr).toBe('');
  });

  it('never unmounts lazily or by force, and never kills users of a mount', () => {
    const code = agentProgram().text.replaceAll(/^\s*#.*$/gm, '');
    expect(code).not.toMatch(/umount[^\n]*\s-[a-zA-Z]*[lf]/);
    expect(code).not.toMatch(/fuser[^\n]*\s-[a-zA-Z]*k/);
  });
});
