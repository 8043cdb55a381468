import type { CreditDriver } from '../credits/driver.ts'

/** Holds of calls that were refused because the store did not answer. It may have taken them all the same. */
export interface AbandonedHolds {
  /** Gives a hold back soon. */
  add(id: string, account: string): void
  close(): void
}

export interface AbandonedHoldsOptions {
  readonly credits: Pick<CreditDriver, 'release'>
  /** Milliseconds after which a hold expires by itself. */
  readonly holdTtl: number
}

/** The request for the hold may still be on its way. */
const firstDelayMs = 1000
const longestDelayMs = 10_000
/** An outage can leave more than are worth remembering: the oldest expire by themselves. */
const mostHolds = 10_000

interface Abandoned {
  readonly account: string
  readonly expiresAt: number
}

/**
 * Gives holds back one after the other, so that a store which has just come back is not overrun. One that was never
 * taken is unknown to the store, which changes nothing and is all that there is to know.
 */
export function createAbandonedHolds({ credits, holdTtl }: AbandonedHoldsOptions): AbandonedHolds {
  const waiting = new Map<string, Abandoned>()
  let timer: NodeJS.Timeout | undefined

  const giveBack = async () => {
    for (const [id, { account, expiresAt }] of waiting) {
      if (Date.now() < expiresAt) await credits.release(id, account)
      waiting.delete(id)
    }
  }
  const schedule = (delay: number) => {
    timer = setTimeout(async () => {
      try {
        await giveBack()
        timer = undefined
      } catch {
        schedule(Math.min(2 * delay, longestDelayMs))
      }
    }, delay).unref()
  }
  return {
    add(id, account) {
      const [oldest] = waiting.keys()
      if (oldest !== undefined && waiting.size >= mostHolds) waiting.delete(oldest)
      waiting.set(id, { account, expiresAt: Date.now() + holdTtl })
      if (!timer) schedule(firstDelayMs)
    },
    close() {
      clearTimeout(timer)
      waiting.clear()
    },
  }
}
