import type { HttpRequest } from '../request-parser.ts';

/** Where a request may carry its key. `aws-signature` names it as the access key id; the signature itself is not checked. */
export type KeyPlace =
  | 'bearer'
  | 'token'
  | 'x-api-key'
  | 'api-key'
  | 'x-goog-api-key'
  | 'key-in-query'
  | 'aws-signature';

/** True if the key stands in one of the places. */
export function carriesKey(request: HttpRequest, key: string, places: readonly KeyPlace[]): boolean {
  const authorization = request.headers.get('authorization');
  return places.some((place) => {
    switch (place) {
      case 'bearer':
        return authorization === `Bearer ${key}`;
      case 'token':
        return authorization === `Token ${key}`;
      case 'key-in-query':
        return new URLSearchParams(request.path.split('?')[1]).get('key') === key;
      case 'aws-signature':
        return authorization?.startsWith(`AWS4-HMAC-SHA256 Credential=${key}/`) === true;
      default:
        return request.headers.get(place) === key;
    }
  });
}
