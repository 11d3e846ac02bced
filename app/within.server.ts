/**
 * Resolves with `work`, or rejects with `late()` after `milliseconds`. The work is not cancelled; its late result is
 * ignored.
 */
export async function within<T>(milliseconds: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds).unref();
  });
  work.catch(() => undefined);
  return Promise.race([work, expired]).finally(() => clearTimeout(timer));
}

/** Whether `work` is done within `milliseconds`: false also when it fails. */
export function isDoneWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  return within(milliseconds, work, () => new Error(`not done within ${milliseconds} ms`)).then(
    () => true,
    () => false,
  );
}
