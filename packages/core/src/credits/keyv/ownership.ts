import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../options/options.ts'
import type { OpenRecords } from './ledger-records.ts'

/** Watches that nobody else writes. */
export interface Ownership {
  /** Somebody has taken over: what is in memory must not be written any more. */
  readonly isLost: boolean
  take(): Promise<void>
  /** What the ledger is called, whoever writes to it. */
  identity(): Promise<string>
  /** Says that nobody writes any more. */
  stop(): Promise<void>
}

const checkMs = 1000
/** Its look, and a write that it began before. */
const takeoverMs = 2 * checkMs + 2000

/**
 * The last process that opens a store is its writer. A store of single values has no lock, so an earlier one learns
 * of it within a second and stops; the later one waits for that, unless the earlier one said goodbye.
 */
export function createOwnership(open: OpenRecords, logger: Logger): Ownership {
  const writers = open<{ readonly writer: string }>('credit-owner')
  const writer = crypto.randomUUID()
  let isLost = false
  let timer: NodeJS.Timeout | undefined

  const check = async () => {
    const owner = await writers.get('owner')
    if (owner?.writer === writer || isLost) return
    isLost = true
    logger.error({}, 'Another process has opened the credits of a store that has a single writer.')
  }
  return {
    get isLost() {
      return isLost
    },
    async take() {
      const before = await writers.get('owner')
      await writers.put('owner', { writer })
      // Whoever did not say goodbye may be writing still, until it has looked.
      if (before && before.writer !== writer) await sleep(takeoverMs)
      timer ??= setInterval(() => check().catch(() => {}), checkMs)
      timer.unref()
    },
    async identity() {
      const known = await writers.get('ledger')
      if (known) return known.writer
      const writer = crypto.randomUUID()
      await writers.put('ledger', { writer })
      return writer
    },
    async stop() {
      clearInterval(timer)
      if (isLost) return
      await check().catch(() => {})
      if (!isLost) await writers.delete('owner').catch(() => {})
    },
  }
}
