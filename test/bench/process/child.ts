import { fork } from 'node:child_process'
import type { Reply } from './answer-questions.ts'

/** A process of its own on one core, asked over IPC; `Asked` are the methods it answers with. */
export interface Child<Asked extends object> {
  readonly pid: number
  ask<Name extends keyof Asked & string>(
    name: Name,
    ...given: Given<Asked[Name]>
  ): Promise<Answer<Asked[Name]>>
  /** Lets the process end by itself: whatever it wants to flush, it can. */
  stop(): Promise<void>
}

type Given<Method> = Method extends (...given: infer Arguments) => unknown ? Arguments : never
type Answer<Method> = Method extends (...given: never[]) => infer Result ? Awaited<Result> : never

export interface ChildOptions {
  /** As `taskset` takes it. */
  readonly core: string
  readonly module: URL
  readonly args?: readonly string[]
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * Starts a module as a process that runs on the given core alone.
 *
 * @example
 * const upstream = startChild<UpstreamQuestions>({ core: '1', module: new URL('./upstream-process.ts', import.meta.url) })
 */
export function startChild<Asked extends object>({ core, module, args = [] }: ChildOptions): Child<Asked> {
  const child = fork(module, args, {
    execPath: 'taskset',
    execArgv: ['-c', core, process.execPath, ...process.execArgv],
    env: { ...process.env, NODE_ENV: 'production' },
    serialization: 'advanced',
  })
  const file = module.pathname.split('/').at(-1)
  const waiting = new Map<number, Waiting>()
  let next = 0
  child.on('message', (reply: Reply) => {
    const asker = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.error === undefined) asker?.resolve(reply.value)
    else asker?.reject(new Error(`${file}: ${reply.error}`))
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} has ended.`))
  })
  return {
    pid: child.pid ?? 0,
    ask: (name, ...given) =>
      new Promise((resolve, reject) => {
        const id = next++
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
        child.send({ id, name, given }, (error) => error && reject(new Error(`${file} has ended.`)))
      }),
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
