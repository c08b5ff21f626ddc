import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/config/mod.ts";
import { type LoadCommand, type LoadOptions, parseLoad } from "../../src/load/options.ts";
import { loadHelpText } from "../../src/load/settings.ts";

const TARGET = "udp://127.0.0.1:6969";

function commandOf(...args: string[]): LoadCommand {
  const command = parseLoad(args);
  if (command.kind !== "load") throw new Error(`asks for ${command.kind}`);
  return command;
}

function optionsOf(...args: string[]): LoadOptions {
  const { load } = commandOf(...args);
  if (load === null) throw new Error("loads nothing");
  return load;
}

function assertRefused(args: string[], message: string): void {
  assertEquals(assertThrows(() => parseLoad(args), ConfigError).message, message);
}

Deno.test("a target alone takes the defaults", () => {
  assertEquals(commandOf(TARGET), {
    kind: "load",
    load: {
      target: { hostname: "127.0.0.1", port: 6969 },
      choosesSource: true,
      population: { torrents: 1000, peers: 10_000, addresses: 64, skew: 1, seedersShare: 0.5, seed: 1 },
      fill: 0,
      durationSec: 10,
      warmupSec: 1,
      ratePerSec: null,
      window: 256,
      sockets: 1,
      threads: 1,
      scrapeShare: 0.03,
      wanted: 50,
    },
    population: { torrents: 1000, peers: 10_000, addresses: 64, skew: 1, seedersShare: 0.5, seed: 1 },
    hashes: null,
    pid: null,
    json: false,
  });
});

Deno.test("every option is taken", () => {
  const words =
    "--duration 2m --warmup 0 --rate 5k --window 32 --sockets 2 --threads 3 --scrape-share 12.5% " +
    "--numwant 7 --torrents 1M --peers 4500k --fill 2M --addresses 99 --skew 0.8 --seeders-share 100% --seed 0 " +
    "--json --pid 77 --hashes list.txt";
  const { load, hashes, pid, json } = commandOf(...words.split(" "), TARGET);
  assertEquals(load, {
    target: { hostname: "127.0.0.1", port: 6969 },
    choosesSource: true,
    population: {
      torrents: 1_000_000,
      peers: 4_500_000,
      addresses: 99,
      skew: 0.8,
      seedersShare: 1,
      seed: 0,
    },
    fill: 2_000_000,
    durationSec: 120,
    warmupSec: 0,
    ratePerSec: 5000,
    window: 32,
    sockets: 2,
    threads: 3,
    scrapeShare: 0.125,
    wanted: 7,
  });
  assertEquals([hashes, pid, json], ["list.txt", 77, true]);
});

Deno.test("a target is an address and a port, and may end as announce URLs do", () => {
  for (const target of ["udp://127.0.0.1:6969", "udp://127.0.0.1:6969/", "udp://127.0.0.1:6969/announce"]) {
    assertEquals(optionsOf(target).target, { hostname: "127.0.0.1", port: 6969 });
  }
  assertEquals(optionsOf("udp://[::1]:6969").target, { hostname: "::1", port: 6969 });
  for (const target of ["udp://localhost:6969", "udp://127.0.0.1", "udp://127.0.0.1:0", "udp://::1:6969"]) {
    assertRefused(
      [target],
      `${target}: must be udp://, an IP address and a port, as udp://[::1]:6969`,
    );
  }
  assertRefused([], "load: needs a target, as udp://127.0.0.1:6969");
  assertRefused([TARGET, "udp://[::1]:1"], `${TARGET} and udp://[::1]:1: only one target can be loaded`);
  assertRefused(["http://127.0.0.1:1"], "http://127.0.0.1:1: is not an option; --help lists the options");
});

Deno.test("a host that is not on loopback is refused unless its owner says so", () => {
  for (const target of ["udp://192.0.2.1:6969", "udp://128.0.0.1:6969", "udp://[2001:db8::1]:6969"]) {
    assertRefused(
      [target],
      `${target}: is not on loopback; whoever owns that host may say --yes-i-own-this-host`,
    );
    assertEquals(optionsOf(target, "--yes-i-own-this-host").choosesSource, false);
  }
  for (const target of ["udp://127.0.0.1:1", "udp://127.255.255.254:1", "udp://[::1]:1"]) optionsOf(target);
  // A mapped address is another way to write an IPv4 address, and is taken for that.
  assertEquals(optionsOf("udp://[::ffff:127.0.0.1]:1").target, { hostname: "127.0.0.1", port: 1 });
  assertThrows(() => parseLoad(["udp://[::ffff:192.0.2.1]:1"]), ConfigError);
});

Deno.test("an address of no host is refused, even to its owner", () => {
  for (const target of ["udp://0.0.0.0:6969", "udp://[::]:6969", "udp://[::ffff:0.0.0.0]:6969"]) {
    assertRefused(
      [target, "--yes-i-own-this-host"],
      `${target}: is the address of no host; servers on 0.0.0.0 or [::] are reached at 127.0.0.1`,
    );
  }
});

Deno.test("source addresses are as many as the peers need, and one where they cannot be chosen", () => {
  const addressesOf = (...args: string[]) => optionsOf(...args).population.addresses;
  assertEquals(addressesOf(TARGET, "--peers", "4500k"), 69);
  assertEquals(addressesOf("udp://[::1]:1"), 1);
  assertEquals(addressesOf("udp://192.0.2.1:1", "--yes-i-own-this-host"), 1);
  assertRefused(
    ["--addresses", "2", "udp://[::1]:1"],
    "--addresses 2: must be 1 unless the target is IPv4 on loopback",
  );
  assertRefused(
    ["--peers", "65536", "udp://[::1]:1"],
    "--peers 65536: must be at most 65535 for each source address, and there are 1",
  );
});

Deno.test("wrong values are refused", () => {
  assertRefused(
    ["--fill", "20k", TARGET],
    "--fill 20000: must be at most the peers that there are, 10000",
  );
  assertEquals(optionsOf("--window", "3", "--threads", "3", TARGET).window, 3);
  assertRefused(
    ["--window", "2", "--threads", "3", TARGET],
    "--window 2: must be at least the threads that there are, 3",
  );
  assertRefused(["--skew", "steep", TARGET], "--skew steep: must be a number from 0 to 10");
  for (const share of ["3", "101%", "-1%", "%"]) {
    assertRefused(
      [`--scrape-share=${share}`, TARGET],
      `--scrape-share ${share}: must be a percentage from 0% to 100%`,
    );
  }
  assertRefused(["--torents", "5", TARGET], "--torents: unknown option; did you mean --torrents?");
  assertRefused(["--rate", TARGET], "--rate: needs a value: --rate COUNT");
});

Deno.test("hashes can be written without a target", () => {
  const command = commandOf("--hashes", "list.txt", "--torrents", "3");
  assertEquals([command.load, command.hashes, command.population.torrents], [null, "list.txt", 3]);
});

Deno.test("the help is asked for in spite of errors, and names every option", () => {
  assertEquals(parseLoad(["--help", "--skew", "steep"]), { kind: "help" });
  assertEquals(parseLoad(["-V"]), { kind: "version" });
  for (const name of ["duration", "rate", "peers", "scrape-share", "yes-i-own-this-host", "json"]) {
    assertEquals(loadHelpText().includes(`  --${name}`), true, name);
  }
});
