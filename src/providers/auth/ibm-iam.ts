import type { Clock } from '../../clock.ts';
import { requestToken } from './token-request.ts';
import type { Lookup, TokenSource } from './token-source.ts';

const TOKEN_URL = 'https://iam.cloud.ibm.com/identity/token';

/**
 * Trades an API key of IBM Cloud for a token of an hour. `WATSONX_IAM_URL` names another place to ask.
 * https://cloud.ibm.com/docs/iam?topic=iam-iamtoken_from_apikey
 */
export function createIbmIam(apiKey: string, environment: Lookup, clock: Pick<Clock, 'epochMs'>): TokenSource {
  return {
    fetch: () =>
      requestToken({
        giver: 'IBM Cloud',
        url: environment('WATSONX_IAM_URL') ?? TOKEN_URL,
        headers: {},
        form: { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKey },
        secrets: [apiKey],
        hint: 'is it an API key of IBM Cloud? A token goes into WATSONX_TOKEN',
        clock,
      }),
  };
}
