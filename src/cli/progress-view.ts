// A run while it goes on: plain lines, one for each change; on a terminal with marks, and one bar for each volume of the background copy.
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { colours as pc } from './colours.js';
import type { LiveReport, RunningActivity } from '../client/index.js';
import type { Output } from './output.js';
import { newLines, type Mark, type ProgressLine } from './step-lines.js';

export interface ProgressView {
  show(report: LiveReport): void;
  /** A line of its own, beside the report. */
  note(line: string): void;
  end(): void;
}

/** More would not fit a screen. */
const MOST_BARS = 20;

const WORDS: Record<Mark, string> = {
  running: 'begin  ',
  done: 'done   ',
  failed: 'FAILED ',
  skipped: 'skip   ',
  phase: 'NEEDED ',
  pause: 'pause  ',
  undone: 'undone ',
  'not-undone': 'NOT UNDONE',
  retry: 'retry  ',
};

const MARKS: Record<Mark, string> = {
  running: pc.dim('…'),
  done: pc.green('✓'),
  failed: pc.red('✗'),
  skipped: pc.dim('-'),
  phase: pc.red('!'),
  pause: pc.cyan('‖'),
  undone: pc.yellow('↩'),
  'not-undone': pc.red('!'),
  retry: pc.yellow('↻'),
};

/** Attempts after the first, said once each; looks at the background copy are no trouble. */
function retries(running: readonly RunningActivity[], said: Set<string>): ProgressLine[] {
  const troubled = running.filter(
    ({ attempt, lastFailure }) => attempt > 1 && lastFailure.code !== 'COPY_RUNNING',
  );
  return troubled.flatMap(({ activity, attempt, lastFailure }): ProgressLine[] => {
    const key = `${activity} ${lastFailure.code} ${Math.floor(Math.log2(attempt))}`;
    if (said.has(key)) return [];
    said.add(key);
    return [{ mark: 'retry', text: `${activity}, attempt ${attempt}: ${lastFailure.message}` }];
  });
}

/** Bars at the bottom. A line above them takes them away; the next look draws them again: nothing is ever written beside a bar. */
class VolumeBars {
  #multi: MultiBar | undefined;
  #bars = new Map<string, SingleBar>();

  show(report: LiveReport): void {
    const copying = report.steps.some(
      (step) => step.name === 'backgroundCopy' && step.state === 'running',
    );
    if (!copying) return this.hide();
    this.#multi ??= new MultiBar(
      { format: '  {bar} {value} %  {volume}', hideCursor: true, clearOnComplete: true },
      Presets.shades_grey,
    );
    for (const { source, target, progressPercent } of report.volumes.slice(0, MOST_BARS)) {
      const bar =
        this.#bars.get(target) ?? this.#multi.create(100, 0, { volume: `${source} -> ${target}` });
      this.#bars.set(target, bar);
      bar.update(progressPercent);
    }
    this.#multi.update();
  }

  hide(): void {
    this.#multi?.stop();
    this.#multi = undefined;
    this.#bars = new Map();
  }
}

export function createProgressView(output: Output): ProgressView {
  const bars = new VolumeBars();
  const said = new Set<string>();
  let before: LiveReport | undefined;
  const write = (line: string): void => {
    bars.hide();
    output.note(line);
  };
  return {
    show(report) {
      for (const { mark, text } of [
        ...newLines(before, report),
        ...retries(report.running, said),
      ]) {
        // A mark on a terminal replaces the line of its beginning: steps are shown when they end.
        if (output.terminal && mark === 'running') continue;
        write(`${(output.terminal ? MARKS : WORDS)[mark]} ${text}`);
      }
      if (output.terminal) bars.show(report);
      before = report;
    },
    note: write,
    end: () => bars.hide(),
  };
}
