import type { Clock } from '../../clock.ts';
import { freshUuid } from '../../random.ts';
import { requestToken } from './token-request.ts';
import type { Lookup, TokenSource } from './token-source.ts';

const TOKEN_URL = 'https://ngw.devices.sberbank.ru:9443/api/v2/oauth';

/**
 * Trades GigaChat's authorization key for a token of half an hour. `GIGACHAT_SCOPE` and `GIGACHAT_AUTH_URL` as for its own clients.
 * https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-token
 */
export function createGigachat(key: string, environment: Lookup, clock: Pick<Clock, 'epochMs'>): TokenSource {
  return {
    fetch: () =>
      requestToken({
        giver: 'GigaChat',
        url: environment('GIGACHAT_AUTH_URL') ?? TOKEN_URL,
        headers: { authorization: `Basic ${key}`, rquid: freshUuid() },
        form: { scope: environment('GIGACHAT_SCOPE') ?? 'GIGACHAT_API_PERS' },
        secrets: [key],
        hint: 'do GIGACHAT_CREDENTIALS and GIGACHAT_SCOPE fit? Its certificates need NODE_EXTRA_CA_CERTS',
        clock,
      }),
  };
}
