import { GatewayError } from '../errors/gateway-error.ts'
import type { UsageEvent } from './usage-event.ts'

/** How a live stream of usage events is listened to. */
export interface UsageStreamOptions {
  /** Ends it. */
  readonly signal?: AbortSignal
  /** Events that may wait for a slow reader. @default 1024 */
  readonly buffer?: number
}

/** Hands events on to whoever listens now. */
export interface UsageFeed {
  /** False where nobody does, so that no event need be made. */
  readonly isHeard: boolean
  tell(events: readonly UsageEvent[]): void
  stream(options?: UsageStreamOptions): AsyncIterableIterator<UsageEvent, undefined>
  /** Ends every stream behind what it still has. */
  close(): void
}

interface Subscriber {
  tell(event: UsageEvent): void
  end(): void
}

const defaultBuffer = 1024

/** @param listener Is told first, before any stream. */
export function createUsageFeed(listener?: (event: UsageEvent) => void): UsageFeed {
  const subscribers = new Set<Subscriber>()
  let isClosed = false
  return {
    get isHeard() {
      return listener !== undefined || subscribers.size > 0
    },
    tell(events) {
      for (const event of events) {
        listener?.(event)
        for (const subscriber of subscribers) subscriber.tell(event)
      }
    },
    stream({ signal, buffer = defaultBuffer } = {}) {
      if (!Number.isSafeInteger(buffer) || buffer < 1) throw badBuffer()
      const { subscriber, events } = createSubscriber(buffer, () => {
        subscribers.delete(subscriber)
        signal?.removeEventListener('abort', subscriber.end)
      })
      if (isClosed || signal?.aborted) subscriber.end()
      else {
        subscribers.add(subscriber)
        signal?.addEventListener('abort', subscriber.end, { once: true })
      }
      return events
    },
    close() {
      isClosed = true
      for (const { end } of subscribers) end()
    },
  }
}

type Waiting = PromiseWithResolvers<IteratorResult<UsageEvent, undefined>>

const done = { done: true, value: undefined } as const

/** What does not fit any more ends the stream, behind what did, with an error that says how much that was. */
function createSubscriber(buffer: number, leave: () => void) {
  const kept: UsageEvent[] = []
  const waiting: Waiting[] = []
  let missed = 0
  let isOver = false
  const end = () => {
    isOver = true
    leave()
    for (const { resolve } of waiting.splice(0)) resolve(done)
  }
  const subscriber: Subscriber = {
    tell(event) {
      const reader = missed === 0 ? waiting.shift() : undefined
      if (reader) reader.resolve({ done: false, value: event })
      else if (missed > 0 || kept.length >= buffer) missed += 1
      else kept.push(event)
    },
    end,
  }
  const events: AsyncIterableIterator<UsageEvent, undefined> = {
    [Symbol.asyncIterator]: () => events,
    async next() {
      const value = kept.shift()
      if (value) return { done: false, value }
      if (missed > 0) {
        const error = overflow(missed)
        missed = 0
        end()
        throw error
      }
      if (isOver) return done
      const reader: Waiting = Promise.withResolvers()
      waiting.push(reader)
      return reader.promise
    },
    async return() {
      kept.length = 0
      missed = 0
      end()
      return done
    },
  }
  return { subscriber, events }
}

function overflow(missed: number): GatewayError {
  const events = missed === 1 ? '1 usage event was' : `${missed} usage events were`
  const message = `The stream of usage was read too slowly: ${events} missed. They are in the ledger.`
  return new GatewayError({ code: 'internal', message })
}

function badBuffer(): GatewayError {
  const message = '"buffer" must be a whole number above 0.'
  return new GatewayError({ code: 'invalid_request', message, param: 'buffer' })
}
