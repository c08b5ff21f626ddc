"""Runs a program in a terminal of its own, and plays its user.

    drive.py STEPS COMMAND ARGUMENT...

STEPS is a JSON list of ["size", rows, columns], ["expect", text], which waits until the program has written that since
the step before, ["type", text] and ["signal", number]. Prints a JSON object: "output", all that the program wrote;
"code", its exit code, negative for a signal; "changed" and "restored", whether the terminal's modes were others before
the last step, and are the old ones at the end.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

WAIT_S = 60

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
master, slave = pty.openpty()
output = b""


def resize(rows, columns):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def read(seconds):
    """Takes what the program writes within that time; false when that is nothing."""
    global output
    if not select.select([master], [], [], seconds)[0]:
        return False
    output += os.read(master, 65536)
    return True


def wait(is_there, what):
    deadline = time.monotonic() + WAIT_S
    while not is_there():
        if time.monotonic() > deadline:
            process.kill()
            sys.exit(f"{what} did not come:\n{output!r}")
        read(0.1)


resize(24, 80)
before = termios.tcgetattr(slave)
process = subprocess.Popen(
    command,
    stdin=slave,
    stdout=slave,
    stderr=slave,
    start_new_session=True,
    # The terminal becomes that of the new session, so that a new size is told to the program.
    preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
)
mark = 0
changed = False
for name, *values in steps:
    changed = termios.tcgetattr(slave) != before
    if name == "expect":
        text = values[0].encode()
        wait(lambda: text in output[mark:], values[0])
    mark = len(output)
    if name == "size":
        resize(*values)
    elif name == "type":
        os.write(master, values[0].encode())
    elif name == "signal":
        process.send_signal(values[0])
wait(lambda: process.poll() is not None, "the end")
while read(0.1):
    pass
restored = termios.tcgetattr(slave) == before
print(
    json.dumps(
        {
            "output": output.decode(),
            "code": process.returncode,
            "changed": changed,
            "restored": restored,
        }
    )
)
