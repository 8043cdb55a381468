import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The port that was really taken: `PORT=0` asks for any. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
