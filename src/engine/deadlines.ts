import type { Clock } from '../clock.ts';
import type { Timeouts } from '../model/plan.ts';
import type { FailureKind } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';

export type TimeoutKind = Extract<FailureKind, `timeout-${string}`>;

/** How far an exchange has come, as far as timeouts care. */
export interface ExchangeProgress {
  readonly startedAtMs: Milliseconds;
  /** When the connection that carries the answer was asked for: the start, unless a first answer led elsewhere. */
  readonly connectingSinceMs: Milliseconds;
  readonly isConnected: boolean;
  readonly hasHeaders: boolean;
  readonly hasToken: boolean;
  readonly lastReadAtMs: Milliseconds;
  /** The terminal marker was read; only the end of the body is awaited. */
  readonly doneAtMs: Milliseconds | undefined;
}

/** What comes next if nothing else happens. `linger`: the answer is whole, but its body stays open. */
export interface Deadline {
  readonly kind: TimeoutKind | 'linger';
  readonly atMs: Milliseconds;
}

/** How long a body may stay open after its terminal marker before we close the connection ourselves. */
const LINGER_MS = 250;

/** The earliest of the limits that apply now. Of two at the same time, the more telling one. */
export function nextDeadline(timeouts: Timeouts, progress: ExchangeProgress): Deadline {
  if (progress.doneAtMs !== undefined) return { kind: 'linger', atMs: progress.doneAtMs + LINGER_MS };
  const deadlines: Deadline[] = [];
  const { startedAtMs } = progress;
  if (!progress.isConnected) {
    deadlines.push({ kind: 'timeout-connect', atMs: progress.connectingSinceMs + timeouts.connectMs });
  }
  if (!progress.hasToken && timeouts.firstTokenMs !== undefined) {
    deadlines.push({ kind: 'timeout-first-token', atMs: startedAtMs + timeouts.firstTokenMs });
  }
  if (progress.hasHeaders && timeouts.idleMs !== undefined) {
    deadlines.push({ kind: 'timeout-idle', atMs: progress.lastReadAtMs + timeouts.idleMs });
  }
  deadlines.push({ kind: 'timeout-total', atMs: startedAtMs + timeouts.totalMs });
  return deadlines.reduce((earliest, deadline) => (deadline.atMs < earliest.atMs ? deadline : earliest));
}

/**
 * Watches one exchange with one timer. A read does not touch the timer (at 50 reads a second that would cost more than the rest):
 * when it fires, the deadline is worked out again, and the timer is set anew if it has moved.
 */
export function watchDeadlines(
  clock: Clock,
  next: () => Deadline,
  onExpired: (kind: Deadline['kind'], atMs: Milliseconds) => void,
): { readonly stop: () => void; readonly refresh: () => void } {
  let cancel = (): void => undefined;
  const arm = (): void => {
    const deadline = next();
    const remainingMs = deadline.atMs - clock.nowMs();
    if (remainingMs > 0) cancel = clock.after(Math.min(Math.ceil(remainingMs), MAX_TIMER_MS), arm);
    else onExpired(deadline.kind, deadline.atMs);
  };
  arm();
  return {
    stop: () => cancel(),
    // Only needed when a deadline came nearer.
    refresh() {
      cancel();
      arm();
    },
  };
}

/** Node's timers overflow beyond 2³¹ − 1 ms. */
const MAX_TIMER_MS = 2_147_483_647;
