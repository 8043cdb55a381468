import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** A script that a server ran, and the commands that it gave, in their order. */
export interface SeenScript {
  readonly sha: string
  readonly commands: string[]
}

export interface RedisMonitor {
  /** What was seen until the server got a command with this word. */
  until(word: string): Promise<readonly SeenScript[]>
  close(): void
}

/** Listens to what a server does. */
export async function monitorRedis(port: number): Promise<RedisMonitor> {
  const socket = connect(port, '127.0.0.1')
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  await once(socket, 'connect')
  socket.write('MONITOR\r\n')
  const read = async () => {
    const { done, value } = await lines.next()
    if (done) throw new Error('The server has left.')
    return value
  }
  await read()
  return {
    async until(word) {
      const seen: SeenScript[] = []
      for (let line = await read(); !line.includes(`"${word}"`); line = await read()) note(seen, line)
      return seen
    },
    close: () => socket.destroy(),
  }
}

function note(seen: SeenScript[], line: string): void {
  const [, from, name = '', first = ''] = /\[\d+ (\S+)\] "(\w+)"(?: "(\w*))?/.exec(line) ?? []
  if (from === 'lua') seen.at(-1)?.commands.push(name)
  else if (name === 'EVALSHA') seen.push({ sha: first, commands: [] })
  // Told by its source, which names it by no hash.
  else if (name === 'EVAL') seen.push({ sha: '', commands: [] })
}
