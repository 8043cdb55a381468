import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { GatewayOptions } from '@tollgate/core'
import type { Ask, Reply } from './caller-messages.ts'

/** A process with a gateway of its own. */
export interface Caller {
  /** Makes a call there; of a process that was killed it never resolves. */
  call(ask: Ask): Promise<Reply>
  /** SIGKILL. */
  kill(): Promise<void>
}

const program = join(import.meta.dirname, 'caller.ts')

export async function startCaller(options: GatewayOptions): Promise<Caller> {
  const child = fork(program, [JSON.stringify(options)], { execArgv: ['--conditions=@tollgate/source'] })
  await ready(child)
  const waiting = new Map<number, (reply: Reply) => void>()
  child.on('message', ({ id, ...reply }: Reply & { readonly id: number }) => {
    waiting.get(id)?.(reply)
    waiting.delete(id)
  })
  let last = 0
  return {
    call(ask) {
      last += 1
      const id = last
      child.send([{ ...ask, id }])
      return new Promise((resolve) => waiting.set(id, resolve))
    },
    async kill() {
      if (child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function ready(child: ChildProcess): Promise<void> {
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (message !== 'ready') throw new Error('A process with a gateway did not start.')
}
