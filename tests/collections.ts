/**
 * Collections of garbage of a process that does something `warmUp` times and then `measured` times, once it is warm. The
 * module at `script` does so, with the two numbers as its arguments.
 */
export async function countCollections(script: URL, warmUp: number, measured: number): Promise<number> {
  const flags = ["--allow-all", "--no-check", "--v8-flags=--trace-gc"];
  const args = ["run", ...flags, script.pathname, `${warmUp}`, `${measured}`];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(text + new TextDecoder().decode(stderr));
  return text.split(" ms: ").length - 1;
}
