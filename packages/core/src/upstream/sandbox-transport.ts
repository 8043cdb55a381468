import { randomUUID } from 'node:crypto'
import { textOf } from '../bytes/body-bytes.ts'
import { toWire } from '../bytes/wire-text.ts'
import { answerSandbox } from '../providers/sandbox/sandbox.ts'
import type { SandboxAnswer } from '../providers/sandbox/sandbox-answer.ts'
import { ConnectionError } from './connection-error.ts'
import type { Transport, UpstreamReceiver, UpstreamRequest } from './transport.ts'

export interface SandboxTransportOptions {
  /** Milliseconds between the chunks of a stream. @default 10 */
  readonly paceMs?: number
}

/**
 * Carries requests to the sandbox provider inside this process: no socket, but the manners of one. Nothing is
 * called before `dispatch` has returned except `opened`, nothing but `failed` after an abort, and nothing
 * but that while paused.
 *
 * @example
 * const transport = createSandboxTransport({ paceMs: 0 })
 */
export function createSandboxTransport(options: SandboxTransportOptions = {}): Transport {
  const live = new Set<() => void>()
  return {
    dispatch(request, receiver) {
      const run = start(request, receiver, options.paceMs ?? 10)
      live.add(run.close)
      run.onDone(() => live.delete(run.close))
    },
    async close() {
      for (const closeRun of [...live]) closeRun()
    },
  }
}

interface Run {
  /** Fails the call because the transport is closing. */
  close(): void
  onDone(listener: () => void): void
}

function start(request: UpstreamRequest, receiver: UpstreamReceiver, paceMs: number): Run {
  const clock = createClock()
  let done = false
  let afterwards = () => {}
  const finish = (report: () => void) => {
    if (done) return
    done = true
    clock.stop()
    afterwards()
    report()
  }
  const fail = (error: Error) => finish(() => receiver.failed(error))
  receiver.opened({
    pause: clock.pause,
    resume: clock.resume,
    wasSent: () => true,
    abort: () => fail(new Error('aborted by the gateway')),
  })
  if (!done) clock.after(0, () => play(answerOf(request), { clock, receiver, request, paceMs, finish, fail }))
  return {
    close: () => fail(new ConnectionError('closed', 'The gateway is closing.')),
    onDone(listener) {
      if (done) listener()
      else afterwards = listener
    },
  }
}

interface Stage {
  readonly clock: Clock
  readonly receiver: UpstreamReceiver
  readonly request: UpstreamRequest
  readonly paceMs: number
  finish(report: () => void): void
  fail(error: Error): void
}

function play(answer: SandboxAnswer, stage: Stage): void {
  const { clock, receiver, request, finish, fail } = stage
  if (answer.kind === 'stall') {
    if (request.headersTimeout > 0) {
      clock.after(request.headersTimeout, () =>
        fail(new ConnectionError('headers_timeout', 'The headers of the answer did not come in time.')),
      )
    }
    return
  }
  const chunks = answer.chunks[Symbol.iterator]()
  const step = () => {
    const next = chunks.next()
    if (!next.done) {
      clock.after(stage.paceMs, step)
      receiver.data(toWire(next.value))
    } else if (answer.ending === 'cut') {
      fail(new ConnectionError('closed', 'The connection was closed.'))
    } else {
      finish(() => receiver.ended())
    }
  }
  clock.after(0, step)
  receiver.responded(answer.status, answer.headers)
}

function answerOf(request: UpstreamRequest): SandboxAnswer {
  return answerSandbox({
    path: request.path,
    body: request.body ? textOf(request.body) : '',
    id: randomUUID().replaceAll('-', ''),
    created: Math.trunc(Date.now() / 1000),
  })
}

/** Runs one thing at a time, later, and not while paused. */
interface Clock {
  after(ms: number, action: () => void): void
  pause(): void
  resume(): void
  stop(): void
}

function createClock(): Clock {
  let waiting: (() => void) | undefined
  let cancel: (() => void) | undefined
  let paused = false
  const ring = () => {
    cancel = undefined
    if (paused) return
    const action = waiting
    waiting = undefined
    action?.()
  }
  return {
    after(ms, action) {
      waiting = action
      cancel = schedule(ms, ring)
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      // The bell may have rung meanwhile.
      cancel ??= schedule(0, ring)
    },
    stop() {
      waiting = undefined
      cancel?.()
    },
  }
}

function schedule(ms: number, action: () => void): () => void {
  if (ms > 0) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  }
  const immediate = setImmediate(action)
  return () => clearImmediate(immediate)
}
