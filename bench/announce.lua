-- Announces for wrk, as a widespread client writes them, of the torrents whose info hashes a file has as lines of 40
-- hexadecimal digits: wrk -s announce.lua URL -- FILE. The same ones in the same order at every run. At the end a line
-- of JSON tells what came of them.

local REQUESTS = 65536
local requests = {}
local turn = 0

function init(args)
  local hashes = {}
  for line in io.lines(args[1]) do
    hashes[#hashes + 1] = line:gsub("%x%x", "%%%0")
  end
  math.randomseed(1)
  for i = 1, REQUESTS do
    local path = string.format(
      "/announce?info_hash=%s&peer_id=-TR3000-%012d&port=%d&uploaded=0&downloaded=0&left=%d&numwant=50"
        .. "&key=7a8b9c0d&compact=1&supportcrypto=1",
      hashes[math.random(#hashes)],
      i,
      math.random(65535),
      math.random(0, 1) * 1000000
    )
    requests[i] = wrk.format("GET", path)
  end
end

function request()
  turn = turn % REQUESTS + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"bytes":%d,"errors":%d,"closed":%d,"p99_us":%d}\n',
    summary.requests,
    summary.duration / 1e6,
    summary.bytes,
    errors.connect + errors.write + errors.timeout + errors.status,
    errors.read,
    latency:percentile(99)
  ))
end
