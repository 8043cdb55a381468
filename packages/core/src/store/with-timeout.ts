/**
 * Stops waiting after `timeoutMs`. What was asked for goes on and may still happen.
 *
 * @throws Error when the time is up.
 */
export async function withTimeout<Result>(pending: Promise<Result>, timeoutMs: number): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs)
  try {
    return await Promise.race([pending, promise])
  } finally {
    clearTimeout(timer)
  }
}
