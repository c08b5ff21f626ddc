/** Runs the work with a temporary folder, which is gone afterwards, also when a signal ends the program. */
export async function withTempFolder(name: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: `${name}_` });
  const remove = () => Deno.removeSync(folder, { recursive: true });
  const end = () => {
    remove();
    Deno.exit(1);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, end);
  try {
    await work(folder);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, end);
    remove();
  }
}
