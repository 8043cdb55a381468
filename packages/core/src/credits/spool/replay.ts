import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { formatUsd } from '../../billing/money.ts'
import type { Logger } from '../../options/options.ts'
import { chargeAll, type Settle } from './charge-all.ts'
import type { KeepLost } from './lost-charges.ts'
import { type Leftovers, readLeftovers } from './read-spool.ts'
import { adoptFiles, disown, listOwners, listSegments, type SpoolOwner } from './spool-files.ts'

/** Charges what processes that are gone have left in the folder. */
export interface Replay {
  /**
   * Looks for such processes, unless it has just done so. Each charge is repeated with its own id until the store
   * answers, which makes it once, however often a process dies on the way. Never rejects.
   */
  run(settle: Settle): Promise<void>
  /** What is not charged then stays for the next start. */
  close(): Promise<void>
}

export interface ReplayOptions {
  readonly folder: string
  readonly store: string
  readonly keepLost: KeepLost
  readonly logger: Logger
  /** Milliseconds. */
  readonly everyMs: number
}

export function createReplay({ folder, store, keepLost, logger, everyMs }: ReplayOptions): Replay {
  const closing = new AbortController()
  let running: Promise<void> | undefined
  let ranAt = Number.NEGATIVE_INFINITY
  let toldOfOthers = false

  const adoptAll = async (settle: Settle) => {
    const owners = await listOwners(folder)
    if (!toldOfOthers) tellOfOthers([...owners.keys()])
    for (const name of owners.get(store) ?? []) {
      if (closing.signal.aborted) return
      const owner = adoptFiles(folder, name)
      if (owner) await adopt(owner, settle).catch(tell)
    }
  }
  const tellOfOthers = (stores: readonly string[]) => {
    toldOfOthers = true
    const others = stores.filter((other) => other !== store)
    if (others.length === 0) return
    const message = 'The folder of the spool has charges for other stores; gateways on those make them.'
    logger.warn({ folder, stores: others }, message)
  }
  const adopt = async (owner: SpoolOwner, settle: Settle) => {
    let isDone = false
    try {
      const files = await listSegments(owner)
      const leftovers = await readLeftovers(folder, files)
      report(leftovers, logger)
      isDone = await chargeAll(leftovers.settlements, { settle, keepLost, logger, signal: closing.signal })
      if (isDone) await removeAll(files, leftovers)
    } finally {
      await disown(owner, isDone)
    }
  }
  const removeAll = async (files: readonly string[], { damaged }: Leftovers) => {
    const aside = new Set(damaged.map(({ file }) => file))
    for (const file of files) {
      if (aside.has(file)) await rename(join(folder, file), join(folder, `damaged-${file}`))
      else await rm(join(folder, file), { force: true })
    }
  }
  const tell = (error: unknown) =>
    logger.error({ folder, error }, 'What processes that ended have left in the spool could not be read.')
  const attempt = async (settle: Settle) => {
    try {
      await adoptAll(settle)
    } catch (error) {
      tell(error)
    }
  }
  return {
    run(settle) {
      if (running) return running
      if (closing.signal.aborted || Date.now() - ranAt < everyMs) return Promise.resolve()
      ranAt = Date.now()
      running = attempt(settle).finally(() => {
        running = undefined
      })
      return running
    },
    async close() {
      closing.abort()
      await running
    },
  }
}

function report({ started, damaged }: Leftovers, logger: Logger): void {
  if (started.length > 0) {
    const amount = started.reduce((sum, call) => sum + call.amount, 0n)
    const fields = {
      calls: started.length,
      amount: formatUsd(amount),
      ids: started.slice(0, 20).map(({ id }) => id),
    }
    logger.warn(
      fields,
      'A process ended while calls were under way. Their holds come back; what their providers bill is not charged.',
    )
  }
  for (const line of damaged) {
    logger.error({ ...line }, 'A line of the spool is damaged; its file is kept aside.')
  }
}
