/**
 * The request target (path and query) within `url`, the `Request.url` that Deno.serve made of it. It begins with
 * "/", or has no path and is then nothing that is served.
 *
 * Deno.serve writes "http://", the Host header as the client sent it (`host`, null without one) and the target
 * behind one another and checks neither, so a "/" in Host would look like the path's beginning. A target in
 * absolute form stays as it is and need not name the same host.
 */
export function requestTarget(url: string, host: string | null): string {
  const authority = url.indexOf("://") + 3;
  if (host !== null && url.startsWith(host, authority) && url[authority + host.length] === "/") {
    return url.slice(authority + host.length);
  }
  const path = url.slice(authority).search(/[/?]/);
  return path < 0 ? "" : url.slice(authority + path);
}
