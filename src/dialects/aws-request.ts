import type { EncodeInput } from './dialect.ts';

/** Headers of a request to an AWS runtime. A key is a bearer token; keys that sign are used where the request is sent. */
export function awsHeaders(input: EncodeInput): Readonly<Record<string, string>> {
  const { credentials, isStreamed } = input;
  return {
    'content-type': 'application/json',
    accept: isStreamed ? 'application/vnd.amazon.eventstream' : 'application/json',
    // A compressed stream is held back by its encoder.
    'accept-encoding': 'identity',
    'user-agent': input.userAgent,
    ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
    ...credentials.headers,
  };
}

/** Where one model of Bedrock is asked. An id may hold `:`, and an ARN `/`: both are written in percent, as AWS's own clients do. */
export function bedrockUrl({ target, credentials }: EncodeInput, operation: string): string {
  const base = target.url.replace(/\/model\/[^/]+\/(converse(-stream)?|invoke(-with-response-stream)?)$/, '');
  return `${base}/model/${encodeSegment(target.model)}/${operation}${credentials.query}`;
}

/** The characters that `encodeURIComponent` leaves as they are, though RFC 3986 reserves them, are signed in percent. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
