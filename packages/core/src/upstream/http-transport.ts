import { type ConnectionPool, createConnectionPool } from './http1/connection-pool.ts'
import type { Transport } from './transport.ts'

/** Milliseconds. The other side often says how long it keeps an idle connection; 30 s are for when it does not. */
const times = { connect: 10_000, idle: 30_000 }

/** Carries requests over sockets of its own. */
export interface HttpTransport extends Transport {
  /** Nobody is to be found at this origin any more: its connections are let go as calls under way end. */
  release(origin: string): void
}

/**
 * Carries requests over HTTP/1.1 on sockets of its own: what is read is handed over as it is read, with no
 * stream, no agent and no buffer a read in between. One pool an origin, as many connections as there are calls.
 */
export function createHttpTransport(): HttpTransport {
  const pools = new Map<string, ConnectionPool>()
  let isClosed = false
  const leaving = new Set<ConnectionPool>()
  const poolOf = (origin: string): ConnectionPool => {
    let pool = pools.get(origin)
    if (!pool) {
      pool = createConnectionPool(origin, times)
      pools.set(origin, pool)
      // It refuses what is sent: nobody would close its connections any more.
      if (isClosed) void pool.close()
    }
    return pool
  }
  return {
    dispatch: (request, receiver) => poolOf(request.origin).dispatch(request, receiver),
    release(origin) {
      const pool = pools.get(origin)
      if (!pool) return
      pools.delete(origin)
      leaving.add(pool)
      pool.retire(() => leaving.delete(pool))
    },
    async close() {
      isClosed = true
      await Promise.all([...pools.values(), ...leaving].map((pool) => pool.close()))
    },
  }
}
