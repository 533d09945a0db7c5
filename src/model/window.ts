/** One second of one target, counted from the run's start. Counts are of the measured phase; warm-up requests leave no trace. */
export interface Window {
  readonly second: number;
  /** Requests that completed in this second. */
  readonly completed: number;
  readonly failed: number;
  /** Completed and within all objectives. */
  readonly good: number;
  /** Output tokens that arrived in this second, of failed and cancelled requests too; may be a fraction when spread. */
  readonly tokens: number;
  /** Requests in flight at the second's end. */
  readonly inFlight: number;
}
