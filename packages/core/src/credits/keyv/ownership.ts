import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { Logger } from '../../options/options.ts'
import type { Handover } from './account-heads.ts'
import type { OpenRecords } from './ledger-records.ts'

/** Watches that nobody else writes. */
export interface Ownership {
  /** Somebody has taken over, or we have stopped: what is in memory must not be written any more. */
  readonly isLost: boolean
  take(): Promise<Handover>
  /** Says in which epoch we write, before we do. Rejects when somebody else has taken over meanwhile. */
  begin(epoch: number): Promise<void>
  /**
   * Rejects unless what has just been written was written before anybody who has taken over since can have read: it
   * counts for nobody otherwise.
   */
  confirm(): Promise<void>
  /** What the ledger is called, whoever writes to it. */
  identity(): Promise<string>
  /**
   * Ends the watch.
   *
   * @param isClean Says that nobody writes any more, and that all that was to be written is.
   */
  stop(isClean: boolean): Promise<void>
}

interface Owner {
  readonly writer: string
  /** Of a goodbye: in which all is written. */
  readonly epoch?: number
}

const takenOver = 'Another process has opened the credits of a store that has a single writer.'
/** With a name of its own: one that lands late says nothing about the writers since. */
const goodbyeOf = (writer: string) => `goodbye:${writer}`

const checkMs = 1000
/** Its look, and a write that it began before. */
const takeoverMs = 2 * checkMs + 2000
/** So long behind a look, nobody who has come since has read yet. */
const sureMs = takeoverMs - checkMs

/**
 * The last process that opens a store is its writer. A store of single values has no lock, so an earlier one learns
 * of it within a second and stops; the later one waits for that, unless the earlier one said goodbye.
 */
export function createOwnership(open: OpenRecords, logger: Logger): Ownership {
  const owners = open<Owner>('credit-owner')
  /** One each that was ever begun, so that none is begun twice, whatever lands late. */
  const epochs = open<{ readonly epoch: number }>('credit-epochs')
  const ledgers = open<{ readonly name: string }>('credit-ledger')
  const writer = crypto.randomUUID()
  let isLost = false
  let epoch = 0
  /** Whoever did not say goodbye may be writing still, until it has looked. */
  let mayBeWriting = false
  let timer: NodeJS.Timeout | undefined
  /** When the last look began that has seen us, by a clock that nobody sets. */
  let seenAt = Number.NEGATIVE_INFINITY

  const check = async () => {
    const beganAt = performance.now()
    const owner = await owners.get('owner')
    if (isLost) return
    if (owner?.writer === writer) {
      seenAt = beganAt
      return
    }
    isLost = true
    logger.error({}, takenOver)
  }
  const refuseWhenLost = () => {
    if (isLost) throw new GatewayError({ code: 'store_unavailable', message: takenOver })
  }
  const latestEpoch = async () => {
    let latest = 0
    for await (const [, begun] of epochs.list()) latest = Math.max(latest, begun.epoch)
    return latest
  }
  /**
   * Two that start at once both see the same writer before them. The later one, once it has said so, sees what the
   * other has done before it writes: it takes the goodbye, and where there was none it begins an epoch.
   */
  const nobodyCameBetween = async (before: Owner | undefined, goodbye: Owner | undefined) => {
    if (!before) return (await latestEpoch()) === 0
    return !goodbye || (await owners.get(goodbyeOf(goodbye.writer))) !== undefined
  }
  const sayGoodbye = async () => {
    const owner = await owners.get('owner')
    if (owner?.writer === writer) await owners.put(goodbyeOf(writer), { writer, epoch })
  }
  return {
    get isLost() {
      return isLost
    },
    async take() {
      refuseWhenLost()
      const before = await owners.get('owner')
      const goodbye = before && (await owners.get(goodbyeOf(before.writer)))
      const mustWait = mayBeWriting || (before && !goodbye && before.writer !== writer)
      // As long as it is not known: what fails here is tried again, and sees then that we are the writer.
      mayBeWriting = true
      await owners.put('owner', { writer })
      const isAlone = await nobodyCameBetween(before, goodbye)
      mayBeWriting = mustWait || !isAlone
      if (mayBeWriting) await sleep(takeoverMs)
      mayBeWriting = false
      timer ??= setInterval(() => check().catch(() => {}), checkMs)
      timer.unref()
      // Said once, and not of those who write after.
      if (goodbye) await owners.delete(goodbyeOf(goodbye.writer))
      epoch = await latestEpoch()
      return { epoch, isClean: isAlone && goodbye?.epoch === epoch }
    },
    async begin(chosen) {
      // Before the look: whoever comes behind that finds it.
      if (chosen > epoch) await epochs.put(String(chosen), { epoch: chosen })
      await check()
      refuseWhenLost()
      epoch = chosen
    },
    async confirm() {
      // Where the process stood still, or the store did not say who the writer is.
      if (performance.now() - seenAt > sureMs) await check()
      refuseWhenLost()
    },
    async identity() {
      const known = await ledgers.get('ledger')
      if (known) return known.name
      const name = crypto.randomUUID()
      await ledgers.put('ledger', { name })
      return name
    },
    async stop(isClean) {
      clearInterval(timer)
      const isOurs = timer !== undefined && !isLost
      isLost = true
      if (isOurs && isClean) await sayGoodbye().catch(() => {})
    },
  }
}
