import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import { requestToken } from './token-request.ts';
import type { Lookup, TokenSource } from './token-source.ts';

/**
 * A service principal of Databricks: its id and secret are traded for a token of an hour at the workspace that is measured.
 * https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m
 */
export function createDatabricks(input: {
  readonly secret: string;
  /** Of the endpoint. */
  readonly url: string;
  readonly environment: Lookup;
  readonly clock: Pick<Clock, 'epochMs'>;
}): TokenSource {
  const { secret, url, environment, clock } = input;
  return {
    async fetch() {
      const id = environment('DATABRICKS_CLIENT_ID');
      if (id === undefined) {
        const problem = 'DATABRICKS_CLIENT_SECRET is set, DATABRICKS_CLIENT_ID is not';
        throw new AppError('KEY_UNAVAILABLE', {
          giver: 'Databricks',
          problem,
          hint: 'set both, or DATABRICKS_API_KEY',
        });
      }
      return await requestToken({
        giver: 'Databricks',
        url: `${new URL(url).origin}/oidc/v1/token`,
        headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
        form: { grant_type: 'client_credentials', scope: 'all-apis' },
        secrets: [secret],
        hint: 'are DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET those of a service principal of this workspace?',
        clock,
      });
    },
  };
}
