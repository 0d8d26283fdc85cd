// A command of `flashcopy` in a terminal of its own: `script` gives it one, everything it writes is kept with its colours and cursor moves.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';

export const COLUMNS = 132;
const MAIN = path.resolve('src/cli/main.ts');
const LOADER = import.meta.resolve('tsx');

export interface Stage {
  readonly folder: string;
  readonly address: string;
  readonly uiUrl: string;
}

export interface RunningCommand {
  /** As the person typed it, and all it wrote since, as a terminal gets it. */
  text(): string;
  /** Resolves when `wanted` was written; throws when the command ends before. */
  said(wanted: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<void>;
  /** Of a command that still runs: ends it. */
  end(): void;
}

/** What a scene brings to its stage. */
export interface Props {
  readonly request: { readonly name: string };
  readonly inventory: object;
}

/** `run` gets the scene's request; other commands their own arguments. */
export async function startCommand(
  stage: Stage,
  scene: Props,
  args: readonly string[],
): Promise<RunningCommand> {
  const request = `${scene.request.name}.yaml`;
  const temporal = { address: stage.address, ui: stage.uiUrl };
  await writeFile(path.join(stage.folder, request), stringify(scene.request));
  await writeFile(
    path.join(stage.folder, 'inventory.yaml'),
    stringify({ temporal, ...scene.inventory }),
  );
  const typed = args[0] === 'run' ? [...args, request, '--inventory', 'inventory.yaml'] : args;
  const line = `stty cols ${COLUMNS} rows 50; exec ${process.execPath} --import ${LOADER} ${MAIN} ${typed.join(' ')}`;
  const child = spawn('script', ['-qfec', line, '/dev/null'], {
    cwd: stage.folder,
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: stage.address,
      TERM: 'xterm-256color',
      FORCE_COLOR: '1',
    },
  });
  let text = `$ flashcopy ${typed.join(' ')}\r\n`;
  let heard = (): void => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    heard();
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const said = (wanted: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      heard = () => {
        const found = wanted.exec(text);
        if (found !== null) resolve(found);
      };
      heard();
      void ended.then(() => reject(new Error(`ended without ${String(wanted)}:\n${text}`)));
    });
  return { text: () => text, said, ended, end: () => void child.kill('SIGKILL') };
}
