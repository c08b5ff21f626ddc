// The tracker behind nginx: clients are entered by the address that nginx saw, whatever they claim.
import { assertEquals, assertMatch } from "@std/assert";
import { program } from "./clients/programs.ts";
import { randomHash } from "./compact_peers.ts";
import { startTracker, TempFolder, type Tracker } from "./harness.ts";
import { escaped, httpAnnounce, httpGet, httpSend } from "./http_client.ts";
import { Nginx, NGINX_ADDRESS, type Upstream } from "./nginx.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { UdpClient } from "./udp_client.ts";

const FORGED = "6.6.6.6";

/** A header as nginx sets it, and as a client forges it. */
const HEADERS = [
  {
    header: "X-Forwarded-For",
    directive: "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    forged: FORGED,
  },
  {
    header: "Forwarded",
    directive:
      'proxy_set_header Forwarded "$http_forwarded, for=\\"$remote_addr:$remote_port\\";proto=http";',
    forged: `for=${FORGED};host="`,
  },
  { header: "X-Real-IP", directive: "proxy_set_header X-Real-IP $remote_addr;", forged: FORGED },
  {
    header: "CF-Connecting-IP",
    directive: "proxy_set_header CF-Connecting-IP $remote_addr;",
    forged: FORGED,
  },
];

/** Announces in the way of a client that claims to be forwarded from elsewhere. */
function forgingAnnounce(hash: Uint8Array, header: string, forged: string): Uint8Array {
  return new TextEncoder().encode(
    `GET /announce?info_hash=${escaped(hash)}&port=1&left=1&ip=${FORGED} HTTP/1.1\r\nHost: tracker\r\n` +
      `${header}: ${forged}\r\nConnection: close\r\n\r\n`,
  );
}

/** The listeners of the tracker, one for each header, over TCP or as Unix-domain sockets. */
function listeners(transport: "TCP" | "Unix", folder: TempFolder): string[] {
  return HEADERS.flatMap(({ header }) => {
    const place = transport === "TCP" ? "127.0.0.1:0" : `unix:${folder.file(`${header}.sock`)}`;
    return ["--http", `${place}@${header}`];
  });
}

function serversOf(tracker: Tracker): string[] {
  return [
    ...tracker.http.map(({ hostname, port }) => `${hostname}:${port}`),
    ...tracker.unix.map((path) => `unix:${path}`),
  ];
}

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  for (const transport of ["TCP", "Unix"] as const) {
    const where = transport === "TCP" ? "over TCP" : "through a Unix-domain socket";

    testWith(
      [program("nginx"), ...needs],
      `nginx tells the clients' addresses ${where} (${backend})`,
      async () => {
        using folder = new TempFolder();
        await using tracker = await startTracker([
          ...["--udp", "127.0.0.1:0", "--http-backend", backend, ...listeners(transport, folder)],
          ...transport === "TCP" ? ["--trusted-proxy", NGINX_ADDRESS] : [],
        ]);
        const upstreams: Upstream[] = serversOf(tracker).map((server, index) => ({
          server,
          directives: [HEADERS[index].directive],
        }));
        await using nginx = await Nginx.start(folder, upstreams);
        using observer = await UdpClient.connect(tracker.udp[0]);
        for (const [index, { header, forged }] of HEADERS.entries()) {
          const hash = randomHash();
          const answer = await httpSend(nginx.endpoints[index], forgingAnnounce(hash, header, forged));
          assertEquals(answer.status, 200, header);
          assertMatch(new TextDecoder("latin1").decode(answer.body), /^d8:completei0e/, header);
          assertEquals((await observer.announce({ hash, port: 2 })).peers, ["127.0.0.1:1"], header);
          // And on the connection to the tracker that nginx keeps.
          const { peers } = await httpAnnounce(nginx.endpoints[index], hash, { port: 3 });
          assertEquals(peers, ["127.0.0.1:1", "127.0.0.1:2"], header);
        }
      },
    );

    testWith(
      [program("nginx"), ...needs],
      `nginx that does not tell whose request it is gets failures ${where} (${backend})`,
      async () => {
        using folder = new TempFolder();
        await using tracker = await startTracker([
          ...["--udp", "127.0.0.1:0", "--http-backend", backend, ...listeners(transport, folder)],
          ...transport === "TCP" ? ["--trusted-proxy", NGINX_ADDRESS] : [],
        ]);
        const upstreams: Upstream[] = serversOf(tracker).map((server, index) => ({
          server,
          // Absent, or a word that is no address.
          directives: [
            `proxy_set_header ${HEADERS[index].header} "${index % 2 === 0 ? "" : "for=unknown"}";`,
          ],
        }));
        await using nginx = await Nginx.start(folder, upstreams);
        using observer = await UdpClient.connect(tracker.udp[0]);
        for (const [index, endpoint] of nginx.endpoints.entries()) {
          const hash = randomHash();
          const answer = await httpSend(endpoint, forgingAnnounce(hash, HEADERS[index].header, FORGED));
          assertEquals(answer.status, 200);
          assertMatch(new TextDecoder().decode(answer.body), /^d14:failure reason/);
          assertEquals((await observer.announce({ hash, port: 2 })).peers, []);
          // What is no announce does not depend on whose it is.
          assertEquals((await httpGet(endpoint, "/health")).status, 200);
        }
      },
    );
  }
}
