// `npm run pictures`: takes the pictures of docs/watching.md: the terminal and the Temporal UI of a running, a done, a refused, a failed copy,
// and of one that needs an operator. Real commands, a real dev server, a real browser (Debian's chromium); only arrays and hosts are models.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDevServer } from '../src/cli/dev-server.js';
import { openCamera, type Camera } from './pictures/camera.js';
import { scenes, type Scene } from './pictures/scenes.js';
import { serve } from './pictures/served.js';
import { startCommand, type Stage } from './pictures/stage.js';

const only = process.argv.slice(2);
const server = await startDevServer();
const folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-pictures-'));
const camera = await openCamera(path.resolve('docs/pictures'));
try {
  for (const scene of scenes) {
    if (only.length > 0 && !only.includes(scene.name)) continue;
    console.log(`-- ${scene.name}`);
    await play(scene, { folder, address: server.address, uiUrl: server.uiUrl }, camera);
  }
} finally {
  await camera.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

// A browser or a worker that does not end must not keep the command.
process.exit();

async function play(scene: Scene, stage: Stage, camera: Camera): Promise<void> {
  const worker = await serve(stage.address, scene);
  const command = await startCommand(stage, scene, ['run']);
  try {
    for (const shot of scene.shots)
      await shot({ command, camera, run: (args) => startCommand(stage, scene, args) });
  } finally {
    command.end();
    await worker.stop();
  }
}
