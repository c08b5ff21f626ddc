import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseCidr, type ProxyHeader } from "../../src/addresses/mod.ts";
import { ClientAddress } from "../../src/http/client_address.ts";
import { HttpRequest } from "../../src/http/request.ts";
import { formatIp, parseIp } from "../../src/os/mod.ts";
import { IPV4, IPV6 } from "../../src/peers/mod.ts";

const PROXY = "10.0.0.1";
const TRUSTED = ["10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"].map((text) => parseCidr(text)!);
/** What stands around the header's values in the transport's buffer. */
const BEFORE = "6.6.6.6, ";
const BEHIND = ", 7.7.7.7";

/** Whom a request with these header values is from; null when nobody can tell. `from` null is a Unix-domain socket. */
function clientOf(header: ProxyHeader | null, from: string | null, values: string): string | null {
  const client = new ClientAddress({ header, trusted: TRUSTED });
  const request = new HttpRequest();
  request.hasAddress = true;
  const connection = parseIp(from ?? "9.9.9.9")!;
  request.family = connection.length === 4 ? IPV4 : IPV6;
  request.address.set(connection);
  const bytes = new TextEncoder().encode(BEFORE + values + BEHIND);
  client.apply(request, from === null, bytes, BEFORE.length, bytes.length - BEHIND.length);
  return request.hasAddress ? formatIp(request.address, 0, request.family === IPV4 ? 4 : 16) : null;
}

const ALL_HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"] as const;

Deno.test("the header's name is given in lower case", () => {
  const names = [null, ...ALL_HEADERS].map((header) => new ClientAddress({ header, trusted: [] }).header);
  assertEquals(names, [null, "x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip"]);
});

Deno.test("without a header a request is from where its connection is", () => {
  assertEquals(clientOf(null, "192.0.2.1", "1.2.3.4"), "192.0.2.1");
  assertEquals(clientOf(null, PROXY, "1.2.3.4"), PROXY);
  assertEquals(clientOf(null, "2001:db8::1", ""), "2001:db8::1");
  assertEquals(clientOf(null, null, "1.2.3.4"), null);
});

for (const header of ALL_HEADERS) {
  const value = header === "Forwarded" ? "for=1.2.3.4" : "1.2.3.4";
  const value6 = header === "Forwarded" ? 'for="[2001:db8::5]"' : "2001:db8::5";

  Deno.test(`${header} counts from a trusted proxy only`, () => {
    for (const from of [PROXY, "127.0.0.1", "2001:db8:1:ffff::1", null]) {
      assertEquals(clientOf(header, from, value), "1.2.3.4", `from ${from}`);
      assertEquals(clientOf(header, from, value6), "2001:db8::5", `from ${from}`);
    }
    for (const from of ["11.0.0.1", "127.0.0.2", "2001:db8:2::1", "a00:1::", "::1"]) {
      for (const values of [value, value6, "nonsense", ""]) {
        assertEquals(clientOf(header, from, values), from);
      }
    }
  });

  Deno.test(`a trusted proxy whose ${header} tells no address leaves none`, () => {
    for (
      const values of [
        "",
        " ",
        ",",
        "unknown",
        "for=unknown",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4 5.6.7.8",
        "\xff",
      ]
    ) {
      assertEquals(clientOf(header, PROXY, values), null, JSON.stringify(values));
      assertEquals(clientOf(header, null, values), null, JSON.stringify(values));
    }
  });

  Deno.test(`nothing that ${header} says makes it throw`, () => {
    const letters = [...'0123456789abcdf:.,;="\\[]_ \tforFOR'];
    const values = fc.oneof(fc.string(), fc.array(fc.constantFrom(...letters)).map((all) => all.join("")));
    fc.assert(fc.property(values, (values) => {
      const client = clientOf(header, PROXY, values);
      if (client !== null) assertEquals(parseIp(client) !== null, true);
    }));
  });
}

/** What a node is read as; null when it is no address. */
const NODES: Record<string, string | null> = {
  "1.2.3.4": "1.2.3.4",
  "1.2.3.4:0": "1.2.3.4",
  "1.2.3.4:65535": "1.2.3.4",
  "1.2.3.4:_http": "1.2.3.4",
  "2001:db8::5": "2001:db8::5",
  "2001:DB8:0::5": "2001:db8::5",
  "[2001:db8::5]": "2001:db8::5",
  "[2001:db8::5]:6881": "2001:db8::5",
  "[2001:db8::5]:_a.b-c_1": "2001:db8::5",
  "[::1]": "::1",
  "::ffff:1.2.3.4": "1.2.3.4",
  "[::ffff:102:304]:1": "1.2.3.4",
  "::1.2.3.4": "::102:304",
  "1.2.3.4:": null,
  "1.2.3.4:_": null,
  "1.2.3.4:_a/b": null,
  "1.2.3.4:x": null,
  "1.2.3.4:1x": null,
  "1.2.3.4:123456": null,
  ":80": null,
  "[1.2.3.4]": null,
  "[1.2.3.4]:80": null,
  "[2001:db8::5": null,
  "2001:db8::5]": null,
  "[2001:db8::5]80": null,
  "[2001:db8::5]:": null,
  "[]": null,
  "fe80::1%eth0": null,
  "01.2.3.4": null,
  "0x1020304": null,
  "16909060": null,
  "1.2.3": null,
  "localhost": null,
  "unknown": null,
  "_hidden": null,
};

for (const [node, client] of Object.entries(NODES)) {
  Deno.test(`the node ${node} is ${client ?? "nobody"}`, () => {
    assertEquals(clientOf("X-Forwarded-For", PROXY, node), client);
    assertEquals(clientOf("X-Forwarded-For", PROXY, `5.5.5.5, ${node}`), client);
    assertEquals(clientOf("X-Real-IP", PROXY, node), client);
    assertEquals(clientOf("Forwarded", PROXY, `for="${node}"`), client);
  });
}

/** What a list is read as, by header. */
const LISTS: Record<"X-Forwarded-For" | "Forwarded", Record<string, string | null>> = {
  "X-Forwarded-For": {
    // What a client forges stands to the left of what the proxy saw.
    "6.6.6.6, 1.2.3.4": "1.2.3.4",
    "10.0.0.9, 1.2.3.4": "1.2.3.4",
    "nonsense, 1.2.3.4": "1.2.3.4",
    '", 1.2.3.4': "1.2.3.4",
    '\\", "6.6.6.6, 1.2.3.4': "1.2.3.4",
    "6.6.6.6,1.2.3.4": "1.2.3.4",
    "6.6.6.6 \t,\t 1.2.3.4 \t": "1.2.3.4",
    // Trusted proxies behind one another.
    "6.6.6.6, 1.2.3.4, 10.0.0.2": "1.2.3.4",
    "6.6.6.6, 1.2.3.4:5, 10.0.0.2:443, [2001:db8:1::2]:443, 127.0.0.1": "1.2.3.4",
    "1.2.3.4, ::ffff:10.0.0.2": "1.2.3.4",
    "1.2.3.4, 2001:db8:2::1, 10.0.0.2": "2001:db8:2::1",
    // One of them does not say whom it got the request from.
    "1.2.3.4, unknown, 10.0.0.2": null,
    "1.2.3.4, 10.0.0.300, 10.0.0.2": null,
    'a", 10.0.0.2': null,
    // Nobody else has anything to do with it.
    "10.0.0.2": null,
    "10.0.0.3, 10.0.0.2": null,
    // Empty elements are none.
    ", 1.2.3.4,": "1.2.3.4",
    "6.6.6.6,, 1.2.3.4 ,,,": "1.2.3.4",
    ",,,": null,
    "1.2.3.4;": null,
    "1.2.3.4 6.6.6.6": null,
  },
  "Forwarded": {
    "for=1.2.3.4": "1.2.3.4",
    "For=1.2.3.4": "1.2.3.4",
    "FOR=1.2.3.4;proto=http;by=10.0.0.1": "1.2.3.4",
    "proto=https ; for=1.2.3.4 ; host=a": "1.2.3.4",
    ";;for=1.2.3.4;;": "1.2.3.4",
    'for="1.2.3.4:47011"': "1.2.3.4",
    'for="[2001:db8:cafe::17]:4711"': "2001:db8:cafe::17",
    'host="a,b;for=6.6.6.6";for=1.2.3.4': "1.2.3.4",
    'host="a\\",for=6.6.6.6;b";for=1.2.3.4': "1.2.3.4",
    'host="\\\\";for=1.2.3.4': "1.2.3.4",
    "for=6.6.6.6, for=1.2.3.4": "1.2.3.4",
    "nonsense, for=1.2.3.4": "1.2.3.4",
    // A quote that a client leaves open swallows nothing that a proxy adds.
    'for="6.6.6.6, for=1.2.3.4': "1.2.3.4",
    'for=6.6.6.6;x=", for=1.2.3.4, for="[2001:db8:1::2]"': "1.2.3.4",
    'for=6.6.6.6;x="\\", for=1.2.3.4;host="a"': "1.2.3.4",
    "for=6.6.6.6, for=1.2.3.4, for=10.0.0.2, for=127.0.0.1": "1.2.3.4",
    "for=1.2.3.4, for=unknown, for=10.0.0.2": null,
    "for=1.2.3.4, proto=http": null,
    "for=1.2.3.4, for=_hidden": null,
    'for="_SEVKISEK", for=10.0.0.2': null,
    "for=10.0.0.2": null,
    // No elements of the grammar.
    "1.2.3.4": null,
    "for": null,
    "for=": null,
    'for=""': null,
    "for=1.2.3.4;for=6.6.6.6": null,
    "for=1.2.3.4;For=1.2.3.4": null,
    "for =1.2.3.4": null,
    "for= 1.2.3.4": null,
    "for=1.2.3.4 proto=http": null,
    "for=1.2.3.4;proto": null,
    "for=1.2.3.4;=http": null,
    'for="1.2.3.4': null,
    'for="1.2.3.4"x': null,
    'for=1.2.3.4"': null,
    'for="1.2.3\\.4"': null,
    "xfor=1.2.3.4": null,
    "fo=1.2.3.4": null,
  },
};

for (const header of ["X-Forwarded-For", "Forwarded"] as const) {
  for (const [values, client] of Object.entries(LISTS[header])) {
    Deno.test(`${header}: ${JSON.stringify(values)} is from ${client ?? "nobody"}`, () => {
      assertEquals(clientOf(header, PROXY, values), client);
      assertEquals(clientOf(header, null, values), client);
    });
  }

  Deno.test(`whatever a client puts before what a proxy adds to ${header}, it is from where it is`, () => {
    const letters = [...'0123456789abcdef:.,;="\\[]_ fork'];
    const forged = fc.array(fc.constantFrom(...letters), { maxLength: 40 }).map((all) => all.join(""));
    const added = header === "Forwarded"
      ? ['for=1.2.3.4, for="10.0.0.2:80"', 'for="1.2.3.4";host="a,b", for="[2001:db8:1::1]"']
      : ["1.2.3.4", "1.2.3.4, 10.0.0.2:80"];
    fc.assert(fc.property(forged, fc.constantFrom(...added), (forged, added) => {
      assertEquals(clientOf(header, PROXY, `${forged}, ${added}`), "1.2.3.4");
    }));
  });
}

Deno.test("X-Real-IP and CF-Connecting-IP have one address, whoever's it is", () => {
  for (const header of ["X-Real-IP", "CF-Connecting-IP"] as const) {
    assertEquals(clientOf(header, PROXY, " 1.2.3.4\t"), "1.2.3.4");
    assertEquals(clientOf(header, PROXY, "10.0.0.2"), "10.0.0.2");
    assertEquals(clientOf(header, PROXY, "6.6.6.6, 1.2.3.4"), null);
    assertEquals(clientOf(header, PROXY, "1.2.3.4, 1.2.3.4"), null);
    assertEquals(clientOf(header, PROXY, "for=1.2.3.4"), null);
  }
});

Deno.test("a network has exactly the addresses with its prefix", () => {
  const trusts = (network: string, from: string) => {
    const client = new ClientAddress({ header: "X-Real-IP", trusted: [parseCidr(network)!] });
    const request = new HttpRequest();
    request.hasAddress = true;
    const connection = parseIp(from)!;
    request.family = connection.length === 4 ? IPV4 : IPV6;
    request.address.set(connection);
    client.apply(request, false, new Uint8Array(0), 0, 0);
    return !request.hasAddress;
  };
  assertEquals(
    ["192.0.2.127", "192.0.2.128", "192.0.2.255", "192.0.3.128"].map((from) =>
      trusts("192.0.2.128/25", from)
    ),
    [
      false,
      true,
      true,
      false,
    ],
  );
  assertEquals(["0.0.0.0", "255.255.255.255", "::"].map((from) => trusts("0.0.0.0/0", from)), [
    true,
    true,
    false,
  ]);
  assertEquals(["::", "ffff::", "0.0.0.0"].map((from) => trusts("::/0", from)), [true, true, false]);
  assertEquals(["2001:db8:3fff::", "2001:db8:4000::"].map((from) => trusts("2001:db8::/34", from)), [
    true,
    false,
  ]);
});
