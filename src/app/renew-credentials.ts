import type { Clock } from '../clock.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Log } from './context.ts';

/** Credentials of one target that end while a run may still go on. */
export interface CredentialRenewal {
  /** By the wall clock. */
  readonly expiresAtMs: Milliseconds;
  /** Gets the next ones. Rejects with KEY_UNAVAILABLE. */
  fetch(): Promise<RenewedCredentials>;
}

export interface RenewedCredentials {
  readonly credentials: Credentials;
  /** Undefined: these hold as long as the run. */
  readonly renewal: CredentialRenewal | undefined;
}

export interface RenewInput {
  /** By target; undefined: its credentials hold as long as the run. */
  readonly renewals: readonly (CredentialRenewal | undefined)[];
  readonly clock: Clock;
  readonly log: Log;
  /** Takes the next credentials of a target. */
  readonly onRenewed: (targetIndex: number, credentials: Credentials) => void;
}

/** So long before its end a token is replaced, or when a quarter of its time is left, if that is later: requests under way need it. */
const MAX_MARGIN_MS = 300_000;
const MARGIN_SHARE = 0.25;
/** Between two attempts; and no token lives so short that it should be asked for more often. */
const PAUSE_MS = 10_000;
/** Timers cannot wait longer. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Gets new credentials before the present ones end, off the measuring thread. One that cannot be got is tried again until the run is
 * over: that it has ended, the measured requests will say. Returns what ends it.
 */
export function keepCredentialsFresh(input: RenewInput): () => void {
  const stops = input.renewals.map((renewal, targetIndex) =>
    renewal === undefined ? undefined : keepFresh(renewal, targetIndex, input),
  );
  return () => {
    for (const stop of stops) stop?.();
  };
}

function keepFresh(first: CredentialRenewal, targetIndex: number, { clock, log, onRenewed }: RenewInput): () => void {
  let isStopped = false;
  let cancel = (): void => undefined;
  const waitFor = (renewal: CredentialRenewal): void => {
    const leftMs = renewal.expiresAtMs - clock.epochMs();
    const delayMs = leftMs - Math.min(MAX_MARGIN_MS, leftMs * MARGIN_SHARE);
    cancel = clock.after(Math.min(Math.max(delayMs, PAUSE_MS), MAX_DELAY_MS), () => renew(renewal));
  };
  const renew = (renewal: CredentialRenewal): void => {
    renewal.fetch().then(
      (renewed) => {
        if (isStopped) return;
        onRenewed(targetIndex, renewed.credentials);
        if (renewed.renewal !== undefined) waitFor(renewed.renewal);
      },
      (error: unknown) => {
        if (isStopped) return;
        log.warn(`a token could not be renewed: ${error instanceof Error ? error.message : String(error)}`);
        cancel = clock.after(PAUSE_MS, () => renew(renewal));
      },
    );
  };
  waitFor(first);
  return () => {
    isStopped = true;
    cancel();
  };
}
