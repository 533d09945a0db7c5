import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../src/clock.ts';
import type {
  ExchangeListener,
  HttpClient,
  HttpRequest,
  PreparedRequest,
  TransportError,
} from '../src/model/exchange.ts';

/** What was prepared, since undici serialises by itself. */
const drafts = new WeakMap<PreparedRequest, HttpRequest>();

/** The same port over undici's `dispatch`, set up as carefully as we know: what our own client is held against. */
export function createUndiciClient(clock: Clock): HttpClient {
  const agent = new Agent({
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  return {
    prepare(request) {
      const url = new URL(request.url);
      const prepared: PreparedRequest = {
        origin: { isTls: url.protocol === 'https:', host: url.hostname, port: Number(url.port), proxy: undefined },
        bytes: request.body ?? new Uint8Array(0),
      };
      drafts.set(prepared, request);
      return prepared;
    },
    send(prepared, listener) {
      const request = drafts.get(prepared);
      if (request === undefined) throw new Error('this request was not prepared here');
      const url = new URL(request.url);
      let controller: Dispatcher.DispatchController | undefined;
      agent.dispatch(
        {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method,
          headers: request.headers,
          body: Buffer.from(prepared.bytes),
        },
        handlerOf(clock, listener, (given) => {
          controller = given;
        }),
      );
      return () => controller?.abort(new Error('cancelled'));
    },
    close() {
      void agent.destroy();
    },
  };
}

function handlerOf(
  clock: Clock,
  listener: ExchangeListener,
  onController: (controller: Dispatcher.DispatchController) => void,
): Dispatcher.DispatchHandler {
  const phases = { isReused: undefined, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined };
  return {
    onRequestStart(controller) {
      onController(controller);
      listener.onSocket(clock.nowMs(), phases);
    },
    onRequestSent: () => listener.onSent(clock.nowMs()),
    onResponseStart(_controller, status, headers) {
      const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
      listener.onHeaders(clock.nowMs(), status, new Map(flat));
    },
    onResponseData(_controller, chunk) {
      const atMs = clock.nowMs();
      listener.onData(atMs, chunk);
    },
    onResponseEnd: () => listener.onEnd(clock.nowMs()),
    onResponseError(_controller, error) {
      const trouble: TransportError = { kind: 'reset', code: undefined, message: error.message };
      listener.onError(clock.nowMs(), trouble);
    },
  };
}
