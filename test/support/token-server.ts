/** For tests: an OAuth endpoint on a real socket. */
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface TokenQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

export interface TokenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, an object as JSON. */
  readonly body: unknown;
}

export interface TokenServer extends AsyncDisposable {
  readonly origin: string;
  readonly questions: readonly TokenQuestion[];
}

export async function startTokenServer(
  answer: (question: TokenQuestion, place: number) => TokenAnswer,
): Promise<TokenServer> {
  const questions: TokenQuestion[] = [];
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const question = { method, url, headers, form: Object.fromEntries(new URLSearchParams(text)) };
      questions.push(question);
      const { status = 200, headers: own = {}, body } = answer(question, questions.length);
      response.writeHead(status, { 'content-type': 'application/json', ...own });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    questions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
