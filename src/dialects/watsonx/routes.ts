import type { Target } from '../../model/target.ts';

/** Either route, streamed or not: by itself, or of a deployment, whose path names the model. */
const ROUTE = /\/text\/(chat|generation)(?:_stream)?$/;

/** Whether a target is asked for plain text generation, which knows no roles. Told by the end of its URL. */
export function isGeneration({ url }: Target): boolean {
  return ROUTE.exec(url)?.[1] === 'generation';
}

export function isDeployment({ url }: Target): boolean {
  return /\/deployments\/[^/]+\/text\/\w+$/.test(url);
}

/** A region's server (`https://us-south.ml.cloud.ibm.com`), its `/ml/v1`, or the full path of a route. */
export function urlOf({ url }: Target, { isStreamed, query }: { isStreamed: boolean; query: string }): string {
  const ending = isStreamed ? '_stream' : '';
  const path = ROUTE.test(url)
    ? url.replace(ROUTE, `/text/$1${ending}`)
    : `${url.replace(/\/ml\/v1$/, '')}/ml/v1/text/chat${ending}`;
  return `${path}${withVersion(query)}`;
}

/** The API refuses a request without a date. This one stands in IBM's description of the chat. */
const VERSION = 'version=2024-10-08';

function withVersion(query: string): string {
  if (/[?&]version=/.test(query)) return query;
  return `${query === '' ? '?' : `${query}&`}${VERSION}`;
}
