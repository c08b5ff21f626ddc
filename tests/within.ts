/** Waits for a promise, but no longer than `deadlineMs`; then fails with what `describe` says at that moment. */
export async function within<T>(deadlineMs: number, promise: Promise<T>, describe: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), deadlineMs);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

const POLL_MS = 50;

/** Asks again and again until the answer is neither undefined nor false. For conditions that send no event of their own. */
export async function until<T>(
  deadlineMs: number,
  ask: () => Promise<T | undefined | false>,
  describe: () => string,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  while (true) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(describe());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
