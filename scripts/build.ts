// Builds dist/ (arguments go to tsc): TypeScript one file to one file, then the shell programs that hosts run, copied beside their callers.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
cpSync('src/host/linux/agent', 'dist/host/linux/agent', { recursive: true });
cpSync('src/codec/failure-converter.cjs', 'dist/codec/failure-converter.cjs');
chmodSync('dist/cli/main.js', 0o755);
// What make compares with the sources.
writeFileSync('dist/.built', '');
