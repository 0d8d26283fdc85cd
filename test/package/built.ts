// Once before a tier: dist is built when a source is newer. Its tests run what a user runs, the built command line.
import path from 'node:path';
import { execa } from 'execa';

const root = path.resolve(import.meta.dirname, '../..');

export async function setup(): Promise<void> {
  await execa('make', ['--silent', 'dist/.built'], { cwd: root });
}

export const flashcopyMain = path.join(root, 'dist/cli/main.js');
