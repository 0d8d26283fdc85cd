// Runs in the changed copy of the source: looks for the planted bug in the cells it should show in, then in the soak, and says what found it.
// Answers one line of JSON. With the name `none` nothing is planted, and nothing may be found.
import { carryOut, createLaboratory } from '../laboratory.js';
import { type Cell, cellsOf, findRoads, type Shape, SHAPES } from '../matrix.js';
import { scenarioOf } from '../soak/schedule.js';
import { pointsOf, range } from '../soak/sweep.js';
import { MUTANTS } from './list.js';
import type { Mutant } from './mutant.js';

const SOAK_SEEDS = 60;
/** After the start of the first copy: it has given its sources back, and copies for two more seconds. */
const RIVAL_MS = 6_000;

export interface Hunted {
  /** What showed it; '' when it was not found. */
  readonly by: string;
  readonly violation: string;
  readonly tried: number;
}

const shapeOf = ({ method, snapshot }: Pick<Mutant, 'method' | 'snapshot'>): Shape => ({
  ...SHAPES(method)[0]!,
  ...(snapshot === undefined ? {} : { snapshot }),
});

async function hunt(name: string): Promise<Hunted> {
  const vm = await createLaboratory();
  let tried = 0;
  const wanted = name === 'none' ? MUTANTS : MUTANTS.filter((mutant) => mutant.name === name);
  const known = new Map<string, Cell[]>();
  for (const { cells, many, again = false, rival = false, ...mutant } of wanted) {
    const shape = shapeOf(mutant);
    const kind = `${shape.method} ${shape.snapshot ?? ''}`;
    const all = known.get(kind) ?? cellsOf(shape, await findRoads(vm, shape));
    known.set(kind, all);
    const chosen = all.filter(({ title }) => cells.test(title));
    if (chosen.length === 0) throw new Error(`no cell of the matrix is called ${String(cells)}`);
    for (const cell of chosen) {
      tried += 1;
      const { copies } = cell.scenario;
      const rivals = rival
        ? copies.map((copy) => ({ ...copy, set: 'rival', afterMs: RIVAL_MS }))
        : [];
      const { violations } = await carryOut(vm, {
        ...cell.scenario,
        san: { ...cell.scenario.san, ...(many === undefined ? {} : { many }) },
        copies: [...copies, ...rivals],
        again,
      });
      if (violations[0] !== undefined) return { by: cell.title, violation: violations[0], tried };
    }
  }
  if (name === 'none') return { by: '', violation: '', tried };
  const points = await pointsOf(vm);
  for (const seed of range(1, SOAK_SEEDS)) {
    tried += 1;
    const { violations } = await carryOut(vm, scenarioOf(seed, points));
    if (violations[0] !== undefined)
      return { by: `soak, seed ${seed}`, violation: violations[0], tried };
  }
  return { by: '', violation: '', tried };
}

const found = await hunt(process.argv[2] ?? 'none').catch((error: unknown): Hunted => {
  return { by: 'it does not even run', violation: String(error).split('\n')[0] ?? '', tried: 0 };
});
console.log(JSON.stringify(found));
process.exit(0);
