/**
 * The token that a client sends along: as a bearer token (RFC 6750 2.1) or, so that a browser can ask a person for it, as
 * the password of any user (RFC 7617).
 *
 * @module
 */

const CREDENTIALS = /^(bearer|basic) +([\w.~+/-]+=*)$/i;

/** What a client that sent none, or a wrong one, is told: both ways to send it. */
export const AUTHENTICATE =
  'WWW-Authenticate: Bearer realm="statistics"\r\nWWW-Authenticate: Basic realm="statistics"\r\n';

/** The token in the value of an Authorization field; "" when there is none. */
export function tokenOf(value: string): string {
  const [, scheme, credentials] = CREDENTIALS.exec(value) ?? [];
  if (credentials === undefined) return "";
  return scheme.toLowerCase() === "bearer" ? credentials : passwordOf(credentials);
}

/** What is behind the user's name in base64 of `USER:PASSWORD`; "" when it is none. */
function passwordOf(credentials: string): string {
  try {
    const [, password = ""] = /^[^:]*:(.*)$/s.exec(atob(credentials)) ?? [];
    return password;
  } catch {
    return "";
  }
}
