import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between clients and a store, and can lose what the store answers. */
export interface DroppingProxy {
  readonly port: number
  /** Connections that were broken, each with an answer lost. */
  readonly dropped: number
  /** How often a client has sent something. */
  readonly asked: number
  /**
   * Lets requests through to the store, and breaks the connection of each answer in place of passing it on: what was
   * asked for has happened, and nobody hears of it.
   */
  dropAnswers(isDropping: boolean): void
  close(): Promise<void>
}

/** One answer in so many is lost while answers are dropped, so that clients get on in between. */
const oneIn = 4

export async function createDroppingProxy(target: number): Promise<DroppingProxy> {
  const open = new Set<Socket>()
  let isDropping = false
  let dropped = 0
  let asked = 0
  const server = createServer((client) => {
    const store = connect(target, '127.0.0.1')
    const breakOff = () => {
      client.destroy()
      store.destroy()
    }
    for (const socket of [client, store]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', breakOff).on('close', () => {
        open.delete(socket)
        breakOff()
      })
    }
    client.on('data', (bytes) => {
      asked += 1
      store.write(bytes)
    })
    store.on('data', (bytes) => {
      if (!isDropping || Math.random() >= 1 / oneIn) return client.write(bytes)
      dropped += 1
      breakOff()
      return false
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    get dropped() {
      return dropped
    },
    get asked() {
      return asked
    },
    dropAnswers(drop) {
      isDropping = drop
    },
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
