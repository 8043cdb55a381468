import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatUsd } from '../../billing/money.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { Logger } from '../../options/options.ts'
import type { Eventually, SettleRequest, SettleResult } from '../driver.ts'
import type { KeepLost } from './lost-charges.ts'
import { type Leftovers, readLeftovers } from './read-spool.ts'
import { adoptFiles, disown, listOwners, listSegments, type SpoolOwner } from './spool-files.ts'

type Settle = (request: SettleRequest) => Eventually<SettleResult>

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

const atOnce = 32
const firstDelayMs = 500
const longestDelayMs = 10_000

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
      if (owner) await adopt(owner, settle)
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
      isDone = await chargeAll(leftovers.settlements, settle)
      if (isDone) await removeAll(files, leftovers)
    } finally {
      await disown(owner, isDone)
    }
  }
  const chargeAll = async (settlements: readonly SettleRequest[], settle: Settle): Promise<boolean> => {
    let open = settlements
    for (let delay = firstDelayMs; ; delay = Math.min(2 * delay, longestDelayMs)) {
      open = await chargeEach(open, settle)
      if (open.length === 0) break
      if (!(await pause(delay, closing.signal))) return false
    }
    if (settlements.length > 0) {
      logger.warn({ charges: settlements.length }, 'Charges of a process that ended were made.')
    }
    return true
  }
  /** What is still open. A store that does not answer one is not asked for the rest. */
  const chargeEach = async (settlements: readonly SettleRequest[], settle: Settle) => {
    for (let from = 0; from < settlements.length; from += atOnce) {
      const batch = settlements.slice(from, from + atOnce)
      const taken = await Promise.all(batch.map((request) => charge(request, settle)))
      const open = batch.filter((_, index) => !taken[index])
      if (open.length > 0 || closing.signal.aborted) return [...open, ...settlements.slice(from + atOnce)]
    }
    return []
  }
  const charge = async (request: SettleRequest, settle: Settle): Promise<boolean> => {
    try {
      const { state } = await settle(request)
      return state === 'unknown' ? await keepLost(request, 'The hold is unknown.') : true
    } catch (error) {
      if (isFinal(error)) return await keepLost(request, error)
      logger.warn({ requestId: request.id, error }, 'A charge of a process that ended waits for the store.')
      return false
    }
  }
  const removeAll = async (files: readonly string[], { damaged }: Leftovers) => {
    const aside = new Set(damaged.map(({ file }) => file))
    for (const file of files) {
      if (aside.has(file)) await rename(join(folder, file), join(folder, `damaged-${file}`))
      else await rm(join(folder, file), { force: true })
    }
  }
  const attempt = async (settle: Settle) => {
    try {
      await adoptAll(settle)
    } catch (error) {
      logger.error({ folder, error }, 'What processes that ended have left in the spool could not be read.')
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

/** What no repetition changes. */
function isFinal(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.code === 'invalid_request'
}

/** False when it was interrupted. */
async function pause(delay: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(delay, undefined, { ref: false, signal })
    return true
  } catch {
    return false
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
