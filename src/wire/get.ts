import type { Clock } from '../clock.ts';
import type { HttpClient, TransportError } from '../model/exchange.ts';
import type { FailureKind } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';

export interface GetRequest {
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole of it. */
  readonly timeoutMs: Milliseconds;
  /** Of the body; what is longer is cut there, and the connection with it. */
  readonly maxBytes: number;
}

/** What came of a GET; never an exception. */
export type GetOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** By lower-case name. */
      readonly headers: ReadonlyMap<string, string>;
      readonly body: string;
      readonly isCut: boolean;
    }
  | { readonly kind: 'failed'; readonly failure: FailureKind; readonly message: string };

/** Asks for one page, beside any measurement. Follows no redirect and retries nothing. */
export function get(client: HttpClient, clock: Clock, request: GetRequest): Promise<GetOutcome> {
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    let status = 0;
    let headers: ReadonlyMap<string, string> = new Map();
    let stop = (): void => undefined;
    const cancelTimer = clock.after(request.timeoutMs, () => {
      stop();
      const message = `no answer within ${request.timeoutMs / 1_000} s`;
      resolve({ kind: 'failed', failure: 'timeout-total', message });
    });
    const answer = (isCut: boolean): void => {
      cancelTimer();
      const body = Buffer.concat(pieces).toString('utf8');
      resolve({ kind: 'answer', status, headers, body, isCut });
    };
    const prepared = client.prepare({ method: 'GET', url: request.url, headers: request.headers, body: undefined });
    stop = client.send(prepared, {
      onSocket: () => undefined,
      onSent: () => undefined,
      onHeaders(_atMs, newStatus, newHeaders) {
        status = newStatus;
        headers = newHeaders;
      },
      onData(_atMs, lent) {
        const room = request.maxBytes - bytes;
        pieces.push(Uint8Array.from(lent.subarray(0, room)));
        bytes += lent.length;
        if (bytes <= request.maxBytes) return;
        stop();
        answer(true);
      },
      onEnd: () => answer(false),
      onError(_atMs, error) {
        cancelTimer();
        resolve({ kind: 'failed', failure: kindOf(error), message: error.message });
      },
    });
  });
}

function kindOf({ kind }: TransportError): FailureKind {
  return kind === 'closed' ? 'truncated' : kind;
}
