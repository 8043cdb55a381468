import { formatUsd, type Nano } from '../../billing/money.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { Logger } from '../../options/options.ts'
import type { SettleRequest } from '../driver.ts'
import { createLostCharges } from './lost-charges.ts'
import { createOpenCalls, type OpenCharge } from './open-calls.ts'
import { createOwnFiles } from './own-files.ts'
import { createReplay, type Replay } from './replay.ts'
import { storeName } from './spool-files.ts'
import { encodeLine, type StartedCall } from './spool-line.ts'
import { createSpoolWriter } from './spool-writer.ts'

export interface SpoolOptions {
  /** Made when the first call comes. Processes may share it. */
  readonly folder: string
  /** Names the store, without a password: a charge is replayed on the store that it was meant for alone. */
  readonly store: string
  readonly logger: Logger
  /** How large a file may become before it is replaced by one of what is open. @default 4 MiB */
  readonly rotateBytes?: number
  /** How often processes that are gone are looked for, in milliseconds. @default 30_000 */
  readonly replayEveryMs?: number
}

/** Charges on this machine's disk that the store has not acknowledged yet. */
export interface Spool {
  /**
   * Whether a call may begin: undefined when it may. Rejects with `store_unavailable` while the disk takes nothing,
   * because the call's charge could be lost then.
   */
  admit(): Promise<void> | undefined
  started(call: Omit<StartedCall, 'at'>): void
  /** What is held for a call under way has become more. */
  grown(id: string, amount: Nano): void
  /** Resolves once the charge is on the disk, or the disk does not take it. A repeat writes nothing. */
  settling(request: SettleRequest): Promise<void>
  /** The store has the last word of the call. */
  done(id: string): void
  /** The store will never take the charge. */
  lost(request: SettleRequest, reason: unknown): Promise<void>
  readonly replay: Replay
  /** Resolves, once the disk has been waited for, to whether every charge that is open is on it. */
  isWhole(): Promise<boolean>
  /** Keeps what is open for the next start. */
  close(): Promise<void>
}

const defaultRotateBytes = 4 * 1024 * 1024
const defaultReplayMs = 30_000

/**
 * Opens a spool of charges. Nothing is on the disk before the first call.
 *
 * @example
 * const spool = createSpool({ folder: './tollgate-spool', store: 'redis://cache:6379/0', logger: console })
 */
export function createSpool(options: SpoolOptions): Spool {
  const { folder, logger, rotateBytes = defaultRotateBytes } = options
  const { replayEveryMs = defaultReplayMs } = options
  const store = storeName(options.store)
  const calls = createOpenCalls()
  let isClosed = false
  const files = createOwnFiles(folder, store)
  const writer = createSpoolWriter({
    create: files.create,
    snapshot: calls.snapshot,
    logger,
    rotateBytes,
  })
  const keepLost = createLostCharges(folder, store, logger)
  const replay = createReplay({ folder, store, keepLost, logger, everyMs: replayEveryMs })
  const start = (call: StartedCall) => {
    calls.start(call)
    writer.append(encodeLine({ op: 'started', ...call }))
  }
  const done = (id: string) => {
    if (calls.end(id)) writer.append(encodeLine({ op: 'done', id }))
  }
  return {
    admit: () => writer.open()?.catch(refuse),
    started: (call) => start({ ...call, at: Date.now() }),
    grown(id, amount) {
      // The answer may come when the call is over.
      const call = calls.startedOf(id)
      if (call && call.amount !== amount) start({ ...call, amount })
    },
    settling(request) {
      const known = calls.chargeOf(request.id)
      if (known) return known.written
      const line = encodeLine({ op: 'settle', request })
      const { promise, resolve } = Promise.withResolvers<void>()
      const charge = { request, line, written: promise }
      // Known before it is written, so that a file which is begun meanwhile has it as well.
      calls.charge(charge)
      if (isClosed) reportUnwritten(charge, logger)
      writer.appendSynced(line).then(resolve, () => resolve())
      return promise
    },
    done,
    async lost(request, reason) {
      if (await keepLost(request, reason)) done(request.id)
    },
    replay,
    async isWhole() {
      await Promise.all(calls.charges().map(({ written }) => written))
      return !writer.isBroken
    },
    async close() {
      isClosed = true
      await replay.close()
      const isEmpty = calls.size === 0
      await writer.close(!isEmpty)
      const charges = calls.charges()
      if (writer.isBroken) for (const charge of charges) reportUnwritten(charge, logger)
      else if (charges.length > 0) {
        logger.warn({ charges: charges.length, folder }, 'Charges wait in the spool for the next start.')
      }
      await files.close(isEmpty)
    },
  }
}

function refuse(cause: unknown): never {
  const message = 'Charges cannot be written down at the moment.'
  throw new GatewayError({ code: 'store_unavailable', message, cause })
}

/** Neither the store nor the disk takes it: the log is all there is. */
function reportUnwritten({ request }: OpenCharge, logger: Logger): void {
  const { id, account, modelCost, fee } = request
  const fields = { requestId: id, account, cost: formatUsd(modelCost + fee) }
  logger.error(fields, 'A charge is neither in the store nor in the spool.')
}
