import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './answer.ts'
import { providerLike } from './provider-like.ts'
import { type SendLog, sendAnswer } from './send-answer.ts'

/** One request as the scripted server saw it. */
export interface RecordedCall extends Readonly<SendLog> {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The body parsed. */
  json(): Record<string, unknown>
  /** `performance.now()` when the request was read. */
  readonly receivedAt: number
  /** The caller closed the connection before the answer was complete. */
  readonly aborted: boolean
  /** `performance.now()` of that moment. */
  readonly abortedAt: number | undefined
  /** Settles when the answer is over, whoever ended it. */
  readonly closed: Promise<void>
}

/** One answer for every call, one after another (the last repeats), or a choice by the call. */
export type Script = Answer | readonly Answer[] | ((call: RecordedCall) => Answer | Promise<Answer>)

export interface Upstream {
  /** Without trailing slash and version: `http://127.0.0.1:40123`. */
  readonly url: string
  /** Every request so far, oldest first. Assign `length = 0` to forget them. */
  readonly calls: RecordedCall[]
  /** Replaces the script from the next request on; without one: {@link providerLike}. */
  respond(script?: Script): void
  /** The next request to arrive from now on. */
  nextCall(): Promise<RecordedCall>
  /** How many connections are open. */
  connections(): Promise<number>
  /** Breaks every connection. */
  drop(): void
  close(): Promise<void>
}

/**
 * Starts a provider on a real socket that does what its script says and keeps a record of what it was asked.
 *
 * @example
 * const upstream = await startUpstream(json(500, { error: { message: 'boom' } }))
 */
export async function startUpstream(script?: Script): Promise<Upstream> {
  let answerTo = chooser(script)
  const calls: RecordedCall[] = []
  let waiting: ((call: RecordedCall) => void)[] = []
  const server = createServer(async (request, response) => {
    response.socket?.setNoDelay(true)
    const call = await record(request, response)
    if (!call) return
    const choose = answerTo
    calls.push(call)
    for (const resolve of waiting.splice(0)) resolve(call)
    try {
      await sendAnswer(response, await choose(call), call)
    } catch (error) {
      // A broken script shows up as such, and not as a test that hangs.
      console.error('The scripted upstream failed:', error)
      response.destroy()
    }
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    respond(next) {
      answerTo = chooser(next)
    },
    nextCall: () => new Promise((resolve) => waiting.push(resolve)),
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    drop: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        waiting = []
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function chooser(script: Script = providerLike): (call: RecordedCall) => Answer | Promise<Answer> {
  if (typeof script === 'function') return script
  const answers = 'kind' in script ? [script] : script
  let next = 0
  return () => {
    const answer = answers[Math.min(next++, answers.length - 1)]
    if (!answer) throw new Error('The script is empty.')
    return answer
  }
}

type Recording = { -readonly [Member in keyof RecordedCall]: RecordedCall[Member] }

async function record(request: IncomingMessage, response: ServerResponse): Promise<Recording | undefined> {
  const body = await readBody(request)
  if (!body) return undefined
  const call: Recording = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    json: () => JSON.parse(body.toString()),
    receivedAt: performance.now(),
    aborted: false,
    abortedAt: undefined,
    bytesSent: 0,
    drainWaits: 0,
    cut: false,
    closed: new Promise((resolve) => response.once('close', () => resolve())),
  }
  response.once('close', () => {
    if (response.writableFinished || call.cut) return
    call.aborted = true
    call.abortedAt = performance.now()
  })
  return call
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    return Buffer.concat(chunks)
  } catch {
    // The caller left before its request was complete.
    return undefined
  }
}
