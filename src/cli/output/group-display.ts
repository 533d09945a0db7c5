import type { StartedRun } from '../../app/start-run.ts';
import type { StepRuns } from '../../app/step-runs.ts';
import type { RunGroup } from '../../model/run.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { canStepForward, stepBack, stepForward } from '../priority.ts';
import { type LiveDisplay, NO_DISPLAY, startLiveView, startProgressLines } from './live-view.ts';
import { say } from './streams.ts';

/** After the first Ctrl-C, answers under way may take this long to finish. */
const INTERRUPT_GRACE_MS = 5_000;

export interface GroupDisplayInput {
  readonly context: Pick<CliContext, 'clock' | 'settings'>;
  /** False with `--no-progress`. */
  readonly isShown: boolean;
  /** A log would tear a drawn view apart. */
  readonly isLogged: boolean;
  /** Lines above the view of one step. */
  readonly headOf: (group: RunGroup) => readonly string[];
}

/** Shows each run of a group while it is under way, hands interrupts to it, and leaves a line about each that is over. */
export class GroupDisplay {
  readonly #input: GroupDisplayInput;
  readonly #stopListening: () => void;
  #display: LiveDisplay = NO_DISPLAY;
  #runs: StepRuns | undefined;
  #interrupts = 0;

  constructor(input: GroupDisplayInput) {
    this.#input = input;
    this.#stopListening = listenForInterrupts((count) => this.#interrupt(count));
  }

  get isInterrupted(): boolean {
    return this.#interrupts > 0;
  }

  attach(runs: StepRuns): void {
    this.#runs = runs;
    if (this.#interrupts > 0) runs.stop(0);
  }

  /** Before a run's measuring thread is started. */
  prepare(): void {
    if (canStepForward()) stepForward();
  }

  start(started: StartedRun, group: RunGroup): void {
    if (canStepForward()) stepBack();
    const { context, isShown, isLogged, headOf } = this.#input;
    if (!isShown) return;
    const view = (): ReturnType<StartedRun['view']> => started.view();
    const isDrawn = context.settings.hasTerminal && !isLogged;
    const show = isDrawn ? startLiveView : startProgressLines;
    const head = headOf(group);
    this.#display = show(view, () => (isDrawn ? head : head.slice(0, 1)), context.clock);
  }

  /** The step is over. */
  end(line: string): void {
    this.#display.stop();
    this.#display = NO_DISPLAY;
    if (this.#input.isShown) say(line);
  }

  close(): void {
    this.#display.stop();
    this.#stopListening();
  }

  /** First: answers may finish, and no step follows. Second: cancel them. Third: gone, the store keeps what it has. */
  #interrupt(count: number): void {
    this.#interrupts = count;
    if (count > 2) process.exit(EXIT.interrupted);
    if (count === 1) {
      this.#display.say('interrupted: waiting up to 5 s for answers under way; interrupt again to cancel them');
    }
    this.#runs?.stop(count === 1 ? INTERRUPT_GRACE_MS : 0);
  }
}
