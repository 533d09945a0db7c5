import { AppError } from '../../errors.ts';
import { createSanitizer } from '../../wire/sanitize.ts';
import type { Lookup, Token, TokenSource } from './token-source.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * Tokens of Google's application default credentials: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, the login of gcloud, or the
 * machine's own account. https://cloud.google.com/docs/authentication/application-default-credentials
 */
export function createGoogle(environment: Lookup): TokenSource {
  return {
    async fetch() {
      try {
        return await askGoogle(environment('GOOGLE_APPLICATION_CREDENTIALS'));
      } catch (error) {
        const problem = createSanitizer([]).line(error instanceof Error ? error.message : String(error));
        throw new AppError('KEY_UNAVAILABLE', { giver: 'Google Cloud', problem, hint: HINT }, { cause: error });
      }
    },
  };
}

const HINT = 'log in by "gcloud auth application-default login", or name a key file in GOOGLE_APPLICATION_CREDENTIALS';

/** The library keeps its tokens until they have all but ended; a new one of its clients keeps none. */
async function askGoogle(keyFile: string | undefined): Promise<Token> {
  const { GoogleAuth } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: [SCOPE], ...(keyFile === undefined ? {} : { keyFile }) });
  const client = await auth.getClient();
  const { token } = await client.getAccessToken();
  if (typeof token !== 'string' || token === '') throw new Error('no token was given');
  return { token, expiresAtMs: client.credentials.expiry_date ?? undefined };
}
