/**
 * A key that begins with `pat/` is a programmatic access token, any other a JWT made from a key pair; Snowflake wants to be told which.
 * https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/authentication
 */
export function snowflakeHeaders(key: string): Readonly<Record<string, string>> {
  const isToken = key.startsWith('pat/');
  return {
    authorization: `Bearer ${isToken ? key.slice('pat/'.length) : key}`,
    'x-snowflake-authorization-token-type': isToken ? 'PROGRAMMATIC_ACCESS_TOKEN' : 'KEYPAIR_JWT',
  };
}
