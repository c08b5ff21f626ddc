// nginx as a reverse proxy in front of the tracker.
import { freePort } from "./clients/programs.ts";
import type { Endpoint, TempFolder } from "./harness.ts";
import { Process } from "./process.ts";

/** The address that nginx connects to the tracker from, another than that of the tests' clients. */
export const NGINX_ADDRESS = "127.0.0.9";

/** Where nginx passes requests on to, and the directives with which it does. */
export interface Upstream {
  /** `127.0.0.1:6969` or `unix:/path`. */
  server: string;
  directives: string[];
}

/** A running nginx; disposing it ends the process. */
export class Nginx extends Process {
  /** Where it listens, in the order of the upstreams. */
  readonly endpoints: Endpoint[];

  private constructor(folder: TempFolder, endpoints: Endpoint[]) {
    super("nginx", ["-p", folder.path, "-c", folder.file("nginx.conf"), "-e", "stderr"]);
    this.endpoints = endpoints;
  }

  /** Starts it with its files in the folder, and returns once it listens. */
  static async start(folder: TempFolder, upstreams: Upstream[]): Promise<Nginx> {
    const endpoints = upstreams.map(() => ({ hostname: "127.0.0.1", port: freePort() }));
    await Deno.writeTextFile(folder.file("nginx.conf"), configuration(folder, upstreams, endpoints));
    const nginx = new Nginx(folder, endpoints);
    try {
      await nginx.waitForLog(/using the "\w+" event method/);
      return nginx;
    } catch (error) {
      await nginx.kill();
      throw error;
    }
  }
}

/** One process that writes only into the folder, so that it needs no other user and leaves nothing behind. */
function configuration(folder: TempFolder, upstreams: Upstream[], endpoints: Endpoint[]): string {
  const servers = upstreams.map(({ server, directives }, index) => `
    upstream tracker${index} { server ${server}; keepalive 4; }
    server {
      listen ${endpoints[index].hostname}:${endpoints[index].port};
      location / {
        proxy_pass http://tracker${index};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        ${server.startsWith("unix:") ? "" : `proxy_bind ${NGINX_ADDRESS};`}
        ${directives.join("\n        ")}
      }
    }`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
    `${name}_temp_path ${folder.file(name)};`
  );
  return `
  daemon off;
  master_process off;
  pid ${folder.file("nginx.pid")};
  error_log stderr notice;
  events {}
  http {
    access_log off;
    ${temporary.join("\n    ")}
    ${servers.join("\n")}
  }`;
}
