import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../options/options.ts'
import type { Eventually, SettleRequest, SettleResult } from '../driver.ts'
import { isRefusal } from '../is-refusal.ts'
import type { KeepLost } from './lost-charges.ts'

export type Settle = (request: SettleRequest) => Eventually<SettleResult>

export interface Charging {
  readonly settle: Settle
  readonly keepLost: KeepLost
  readonly logger: Logger
  /** Ends it early. */
  readonly signal: AbortSignal
}

const atOnce = 32
const firstDelayMs = 500
const longestDelayMs = 10_000

/**
 * Makes charges, a batch at a time, and repeats what the store does not answer for as long as it takes.
 *
 * @returns False when it was ended before every charge was made or kept.
 */
export async function chargeAll(settlements: readonly SettleRequest[], charging: Charging): Promise<boolean> {
  let open = settlements
  for (let delay = firstDelayMs; ; delay = Math.min(2 * delay, longestDelayMs)) {
    open = await chargeEach(open, charging)
    if (open.length === 0) break
    if (!(await pause(delay, charging.signal))) return false
  }
  const { logger } = charging
  if (settlements.length > 0) {
    logger.warn({ charges: settlements.length }, 'Charges of a process that ended were made.')
  }
  return true
}

/** What is still open. A store that does not answer one is not asked for the rest. */
async function chargeEach(settlements: readonly SettleRequest[], charging: Charging) {
  for (let from = 0; from < settlements.length; from += atOnce) {
    const batch = settlements.slice(from, from + atOnce)
    const taken = await Promise.all(batch.map((request) => charge(request, charging)))
    const open = batch.filter((_, index) => !taken[index])
    const rest = settlements.slice(from + atOnce)
    if (open.length > 0 || charging.signal.aborted) return [...open, ...rest]
  }
  return []
}

/** Whether nothing is left to do for it. */
async function charge(request: SettleRequest, { settle, keepLost, logger }: Charging): Promise<boolean> {
  try {
    const { state } = await settle(request)
    return state === 'unknown' ? await keepLost(request, 'The hold is unknown.') : true
  } catch (error) {
    if (isRefusal(error)) return await keepLost(request, error)
    logger.warn({ requestId: request.id, error }, 'A charge of a process that ended waits for the store.')
    return false
  }
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
