/**
 * What the measuring client of one machine can be trusted with: `calibrate` finds it out against the simulator. Beyond it, stamps may be
 * late though nothing else says so.
 */
export interface ClientCapacity {
  /** Streams that one measuring thread follows. */
  readonly streamsPerThread: number;
  /** Token-bearing events that one measuring thread takes. */
  readonly eventsPerSecondPerThread: number;
}
