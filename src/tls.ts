/** The certificate of HTTPS, out of its files. @module */

import type { TcpHttpEndpoint } from "./addresses/mod.ts";
import { ConfigError, type TlsFiles } from "./config/mod.ts";
import type { TlsPair } from "./http/mod.ts";

/**
 * Reads the files and finds out whether TLS can be served with them at the address of `endpoint`, where no socket stays
 * open. Throws a ConfigError when not.
 */
export function readTls(files: TlsFiles, { hostname }: TcpHttpEndpoint): TlsPair {
  const source = `--tls-cert ${files.certPath} and --tls-key ${files.keyPath}`;
  try {
    const pair = { cert: Deno.readTextFileSync(files.certPath), key: Deno.readTextFileSync(files.keyPath) };
    tryPair(hostname, pair);
    return pair;
  } catch (error) {
    throw new ConfigError(source, error instanceof Error ? error.message : String(error));
  }
}

function tryPair(hostname: string, pair: TlsPair): void {
  try {
    Deno.listenTls({ hostname, port: 0, ...pair }).close();
  } catch (error) {
    // One with a code is the system's about the address, which is told when that is opened in earnest.
    if (!(error instanceof Error && "code" in error && error.code !== undefined)) throw error;
  }
}
