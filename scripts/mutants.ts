// `make mutants`: each planted bug in a copy of the source of its own, hunted by the simulation there; ends in `mutants=N found=N`.
// ONLY=text chooses by name. Nothing may be found where nothing is planted: that is tried first.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Hunted } from '../test/simulation/mutants/hunt.js';
import { MUTANTS } from '../test/simulation/mutants/list.js';
import { type Mutant, planted } from '../test/simulation/mutants/mutant.js';

/** Below the repository, so that packages are found, and git does not see it. */
const PLACE = path.resolve('.tools/mutants');

function plant(mutant: Mutant | undefined, place: string): void {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const folder of ['src', 'test/simulation', 'tsconfig.json', 'package.json'])
    if (existsSync(folder)) cpSync(folder, path.join(place, folder), { recursive: true });
  if (mutant === undefined) return;
  for (const [file, text] of planted(mutant, (name) =>
    readFileSync(path.join(place, name), 'utf8'),
  ))
    writeFileSync(path.join(place, file), text);
}

async function hunt(mutant: Mutant | undefined): Promise<Hunted> {
  const place = path.join(
    PLACE,
    mutant === undefined ? 'none' : mutant.name.replace(/[^a-z]+/gi, '-'),
  );
  plant(mutant, place);
  try {
    const { stdout } = await execa(
      'npx',
      ['tsx', 'test/simulation/mutants/hunt.ts', mutant?.name ?? 'none'],
      {
        cwd: place,
      },
    );
    return JSON.parse(stdout.split('\n').at(-1) ?? '') as Hunted;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const only = process.env['ONLY'] ?? '';
const chosen = MUTANTS.filter(({ name }) => name.includes(only));
const truth = only === '' ? await hunt(undefined) : undefined;
if (truth !== undefined && truth.by !== '')
  console.log(`WRONG: nothing was planted, yet ${truth.by}: ${truth.violation}`);
let found = 0;
for (const mutant of chosen) {
  const { by, violation, tried } = await hunt(mutant);
  const caught = by !== '' && tried > 0;
  found += caught ? 1 : 0;
  console.log(
    `${caught ? 'found' : 'MISSED'}: ${mutant.name}${by === '' ? '' : `\n  by ${by} (${tried} tried): ${violation}`}`,
  );
}
console.log(`mutants=${chosen.length} found=${found}`);
process.exitCode = found === chosen.length && (truth?.by ?? '') === '' ? 0 : 1;
