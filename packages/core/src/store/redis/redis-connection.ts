import { GatewayError } from '../../errors/gateway-error.ts'
import { withoutValues } from '../without-values.ts'
import type { DialRedis, RedisLine } from './redis-line.ts'

/** A Lua script and the SHA-1 of it, by which a server remembers it. */
export interface RedisScript {
  readonly source: string
  readonly sha: string
}

/** What records and credits ask of a Redis or Valkey server, single or cluster. */
export interface RedisConnection {
  /**
   * Runs a script as one atomic step; all keys must be in one slot of a cluster. A server that has forgotten the
   * script is told it again.
   *
   * @throws GatewayError `store_unavailable`: the outcome is unknown, or the server refused.
   */
  evaluate(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /**
   * Runs one command on the server that `key` belongs to.
   *
   * @throws GatewayError `store_unavailable`: the outcome is unknown, or the server refused.
   */
  command(key: string, command: readonly string[]): Promise<unknown>
  /** How often it broke. What the server was told before may be gone. */
  readonly breaks: number
  /** What is under way is given up; nothing works from then on. */
  close(): void
}

export interface RedisConnectionOptions {
  readonly dial: DialRedis
  /** Milliseconds for each call, a new connection included. @default 1500 */
  readonly timeoutMs?: number
}

interface Live {
  readonly line: RedisLine
  isReady: boolean
  answeredAt: number
}

/** Replies by which a server says that others must be asked: what it was may have moved. */
const moved = /^(READONLY|CLUSTERDOWN|MASTERDOWN|MOVED) /

/**
 * A connection that is replaced whenever it fails: nothing is queued for a server that is away, nothing is sent
 * twice, and answers that come too late come to nobody. The next call connects anew.
 */
export function createRedisConnection({ dial, timeoutMs = 1500 }: RedisConnectionOptions): RedisConnection {
  let live: Live | undefined
  let isClosed = false
  let breaks = 0

  const discard = (broken: Live) => {
    if (live !== broken) return
    live = undefined
    breaks += 1
    broken.line.destroy()
  }
  const open = (): Live => {
    const opened: Live = { line: dial(() => discard(opened)), isReady: false, answeredAt: 0 }
    live = opened
    opened.line.ready.then(
      () => {
        opened.isReady = true
      },
      () => discard(opened),
    )
    return opened
  }
  const fail = (used: Live, sentAt: number, cause: unknown) => {
    if (isRedisReply(cause)) {
      if (moved.test(cause.message)) discard(used)
    } else if (!(cause instanceof Silence) || used.answeredAt < sentAt) {
      // A connection that answered others meanwhile is slow and not dead.
      discard(used)
    }
    return unavailable(withoutValues(cause))
  }
  const send = (key: string, command: readonly string[]): Promise<unknown> => {
    if (isClosed) return Promise.reject(unavailable(new Error('The connection is closed.')))
    const used = live ?? open()
    const sentAt = performance.now()
    return new Promise((resolve, reject) => {
      const give = (cause: unknown) => {
        clearTimeout(timer)
        reject(fail(used, sentAt, cause))
      }
      const take = (answer: unknown) => {
        clearTimeout(timer)
        used.answeredAt = performance.now()
        resolve(answer)
      }
      const timer = setTimeout(() => give(new Silence(`No answer within ${timeoutMs} ms.`)), timeoutMs)
      const ask = () => used.line.send(key, command).then(take, give)
      if (used.isReady) ask()
      else used.line.ready.then(ask, give)
    })
  }
  return {
    evaluate: async (script, keys, args) => {
      const [key = ''] = keys
      const rest = [String(keys.length), ...keys, ...args]
      try {
        return await send(key, ['EVALSHA', script.sha, ...rest])
      } catch (error) {
        if (!isForgotten(error)) throw error
        return send(key, ['EVAL', script.source, ...rest])
      }
    },
    command: send,
    get breaks() {
      return breaks
    },
    close() {
      isClosed = true
      if (live) discard(live)
    },
  }
}

/** The time was up. */
class Silence extends Error {}

/** A server's own words begin with a code in capitals; everything else is about the way to it. */
export function isRedisReply(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{2,}[A-Z0-9_]* /.test(error.message)
}

function isForgotten(error: unknown): boolean {
  return (
    GatewayError.isInstance(error) && isRedisReply(error.cause) && error.cause.message.startsWith('NOSCRIPT')
  )
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
