import type { Server } from 'node:http'
import type { Gateway } from '@tollgate/core'

/** Ends in order: no new calls, then the settlement of those under way, then the stores. */
export function closeOnSignal(server: Server, gateway: Gateway): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      server.close()
      await gateway.close()
      server.closeAllConnections()
      process.exit(0)
    })
  }
}
