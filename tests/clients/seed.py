"""Makes a file and its torrent, and seeds it with libtorrent until the process is ended.

    seed.py ANNOUNCE_URL FOLDER

writes FOLDER/data.bin and FOLDER/data.torrent and prints "seeding" once the tracker has answered.
"""

import os
import sys

import libtorrent

# Many pieces, the last one short.
PIECE_BYTES = 16 * 1024
DATA_BYTES = 40 * PIECE_BYTES + 1234

announce_url, folder = sys.argv[1:]

with open(os.path.join(folder, "data.bin"), "wb") as data:
    data.write(os.urandom(DATA_BYTES))

files = libtorrent.file_storage()
libtorrent.add_files(files, os.path.join(folder, "data.bin"))
# libtorrent 2 makes hybrids of version 1 and 2 unless told otherwise, which aria2 1.36 cannot read.
torrent = libtorrent.create_torrent(files, PIECE_BYTES, flags=libtorrent.create_torrent.v1_only)
torrent.add_tracker(announce_url)
# Private (BEP 27): no other way to find a peer than the tracker.
torrent.set_priv(True)
libtorrent.set_piece_hashes(torrent, folder)
with open(os.path.join(folder, "data.torrent"), "wb") as out:
    out.write(libtorrent.bencode(torrent.generate()))

session = libtorrent.session({
    "listen_interfaces": "127.0.0.1:0",
    # Seeder and downloader have the same address here.
    "allow_multiple_connections_per_ip": True,
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "alert_mask": libtorrent.alert.category_t.tracker_notification | libtorrent.alert.category_t.error_notification,
})
handle = session.add_torrent({
    "ti": libtorrent.torrent_info(os.path.join(folder, "data.torrent")),
    "save_path": folder,
    "flags": libtorrent.torrent_flags.seed_mode,
})

while True:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        print(alert, flush=True)
        if isinstance(alert, libtorrent.tracker_reply_alert):
            print("seeding", flush=True)
