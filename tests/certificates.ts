// Certificates for tests of TLS, made by openssl.
import { assertEquals } from "@std/assert";
import type { TempFolder } from "./harness.ts";
import { Process } from "./process.ts";

/** A certificate that vouches for itself, for 127.0.0.1, and its key. */
export interface Certificate {
  certPath: string;
  keyPath: string;
}

/**
 * Makes a new certificate as NAME.crt and NAME.key in the folder. Some clients take one for a server's only where it may
 * vouch for others, and some, as Deno, only where it may not.
 */
export async function makeCertificate(
  folder: TempFolder,
  name: string,
  isAuthority = true,
): Promise<Certificate> {
  const certificate = { certPath: folder.file(`${name}.crt`), keyPath: folder.file(`${name}.key`) };
  await using openssl = new Process("openssl", [
    ...["req", "-x509", "-nodes", "-days", "2"],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    ...["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"],
    ...isAuthority ? [] : ["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-out", certificate.certPath, "-keyout", certificate.keyPath],
  ]);
  assertEquals(await openssl.end(), 0, openssl.log);
  return certificate;
}
