// The demo where there is no Linux or no root: the same request on model hosts, in this process, said in the first line.
import { execa } from 'execa';

export async function demoOnModels(): Promise<number> {
  console.log(
    'no Linux or no root here: the demo runs on MODEL hosts and a simulated array in this process, no real disk is touched',
  );
  const args = [
    'dist/cli/main.js',
    'run',
    'examples/models/request.yaml',
    '--inventory',
    'examples/models/inventory.yaml',
  ];
  const { exitCode } = await execa(process.execPath, args, { stdio: 'inherit', reject: false });
  return exitCode ?? 1;
}
