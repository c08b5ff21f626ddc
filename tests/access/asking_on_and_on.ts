// Asks all that an announce may ask, for many addresses and torrents: some times to get warm, then more. For
// allocation_test.ts.
import { AnnounceRequest, IPV4, IPV6 } from "../../src/peers/mod.ts";
import { accessOf, budgetOf, hashList, networkList } from "./lists.ts";

const REQUESTS = 64;
const [warmUp, measured] = Deno.args.map(Number);

const hashes = Array.from({ length: 500 }, () => crypto.getRandomValues(new Uint8Array(20)));
const access = accessOf({
  whitelist: await hashList(hashes),
  blacklist: await hashList(hashes.slice(400)),
  networks: networkList(["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"]),
  clients: ["-XL", "-QQ0001-"],
  budget: budgetOf(1000, 1),
});
const requests = Array.from({ length: REQUESTS }, (_, index) => {
  const request = new AnnounceRequest();
  request.hash = new Uint32Array(hashes[index * 7 % hashes.length].buffer);
  return request;
});
const address = new Uint32Array(4);

let refused = 0;
function askAll(count: number): void {
  for (let done = 0; done < count; done += REQUESTS) {
    access.readClock();
    access.touchTorrents(requests, REQUESTS);
    for (let i = 0; i < REQUESTS; i++) {
      const { hash, hashAt, peerId, peerIdAt } = requests[i];
      const family = i % 2 === 0 ? IPV4 : IPV6;
      address[0] = Math.imul(done + i, 0x9e3779b1);
      if (access.refusesAddress(family, address)) refused++;
      if (access.claimAnnounce(family, address) > 0) refused++;
      if (access.refusesClient(peerId, peerIdAt)) refused++;
      if (access.refusesTorrent(hash, hashAt)) refused++;
    }
  }
}

askAll(warmUp);
askAll(measured);
console.log(refused);
