/** The URL without its password, wherever it stands in it; for messages. */
export function maskPassword(url: string): string {
  if (!URL.canParse(url)) return url.replace(/^([^:]*:\/\/).*@/s, '$1***@');
  const masked = new URL(url);
  if (masked.password !== '') masked.password = '***';
  for (const name of ['password', 'sslpassword']) {
    if (masked.searchParams.has(name)) masked.searchParams.set(name, '***');
  }
  return masked.href;
}
