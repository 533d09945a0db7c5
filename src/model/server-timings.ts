import type { Milliseconds } from './units.ts';

/** Spans that a server may tell of one request. The order is that of a request's life. */
export const SERVER_SPANS = ['queue', 'load', 'prompt', 'decode', 'total'] as const;

/** `queue`: waiting; `load`: bringing the model into memory; `prompt`: prefill; `decode`: generating; `total`: all of it. */
export type ServerSpan = (typeof SERVER_SPANS)[number];

/** How long a server says it took, by its own clock: extra evidence, never a metric of ours. A span that it does not tell is missing. */
export type ServerTimings = { readonly [span in ServerSpan]?: Milliseconds };
