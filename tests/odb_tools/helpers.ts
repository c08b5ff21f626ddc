import { EXAMPLE, temporaryFolder } from "../odb/helpers.ts";
import { Process } from "../process.ts";

export {
  bytesOf,
  EXAMPLE,
  fileBytes,
  hexOf,
  namesIn,
  temporaryFolder,
  torrentBytes,
} from "../odb/helpers.ts";

/** A file of the reference implementation, and its 5 torrents and 47 peers. */
export const REFERENCE = new URL("../vectors/reference.odb", import.meta.url);

const MAIN = new URL("../../main.ts", import.meta.url);
const decoder = new TextDecoder();

/** What a run of the command line has left behind. */
export interface ToolRun {
  code: number;
  out: string;
  err: string;
}

/** What Deno is told to run `tracker odb`. */
const TOOL = [
  ...["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi"],
  ...[MAIN.href, "odb"],
];

/** Runs `tracker odb` with `args` in the folder `cwd`, as a person does. */
export function runTool(cwd: string, ...args: string[]): ToolRun {
  const tool = new Deno.Command(Deno.execPath(), { args: [...TOOL, ...args], cwd, stdin: "null" });
  const { code, stdout, stderr } = tool.outputSync();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Starts `tracker odb` with `args` in the folder `cwd`. */
export function startTool(cwd: string, ...args: string[]): Process {
  return new Process(Deno.execPath(), [...TOOL, ...args], { cwd });
}

/** A folder with the 89-byte example as `example.odb` and the reference's file as `reference.odb`. */
export function folderWithFiles(): Disposable & { path: string } {
  const folder = temporaryFolder();
  Deno.writeFileSync(`${folder.path}/example.odb`, EXAMPLE);
  Deno.writeFileSync(`${folder.path}/reference.odb`, Deno.readFileSync(REFERENCE));
  return folder;
}

/** A torrent of a file, read without any code of the tracker. Records are hexadecimal, in the file's order. */
export interface FileTorrent {
  hash: string;
  baseMin: number;
  seeders: number;
  completed: number;
  records: string[];
}

/** The torrents of a whole file; anything else is a fault. */
export function readFile(path: string): FileTorrent[] {
  const bytes = Deno.readFileSync(path);
  const view = new DataView(bytes.buffer);
  const recordBytes = decoder.decode(bytes.subarray(0, 15)) === "OPENTRACKER0006" ? 20 : 8;
  const torrents: FileTorrent[] = [];
  let at = 15;
  while (bytes[at] === 0xfe) {
    const count = view.getUint32(at + 53, true);
    if (Number(view.getBigUint64(at + 37, true)) !== count) throw new Error(`Two counts at ${at}`);
    torrents.push({
      hash: bytes.subarray(at + 1, at + 21).toHex(),
      baseMin: Number(view.getBigUint64(at + 21, true)),
      seeders: Number(view.getBigUint64(at + 29, true)),
      completed: Number(view.getBigUint64(at + 45, true)),
      records: Array.from({ length: count }, (_, i) => {
        const record = at + 57 + i * recordBytes;
        return bytes.subarray(record, record + recordBytes).toHex();
      }),
    });
    at += 57 + count * recordBytes;
  }
  if (bytes[at] !== 0xff || at + 1 !== bytes.length) throw new Error(`No end at ${at} of ${bytes.length}`);
  return torrents;
}
