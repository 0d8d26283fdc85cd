// ssh makes its shared socket beside the path it is given, with 17 bytes more, and a socket's address
// holds 107 bytes. In a folder with a long path the bench of the pause ended before its first round.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const MOST_BYTES = 107;
const APPENDED = '.0123456789abcdef'.length;

it("the sockets of the bench's shared connections fit, however deep the lab lies", () => {
  const bench = resolve('bench/pause/shell-script.ts');
  const print = `import(${JSON.stringify(bench)}).then((m) => console.log(m.CONTROL_PATH));`;
  const path = execFileSync(process.execPath, ['--import', 'tsx', '-e', print], {
    env: { ...process.env, LAB_DIR: join('/', 'a-long-name-of-a-folder/'.repeat(8)) },
    encoding: 'utf8',
  }).trim();
  expect(path).toContain('%n');
  expect(path.replace('%n', 'source1').length + APPENDED).toBeLessThan(MOST_BYTES);
});
