import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { jsonAnswer } from './recorded/json-answer.ts'
import { dialectOf, type RecordedStream, recordedStreams } from './recorded/recorded-stream.ts'

/** What the upstream does with every request from now on. */
export interface Scenario {
  /** 0: a whole JSON answer; otherwise a stream with as many chunks. */
  readonly chunks: number
  /** Milliseconds between chunks; 0 writes each as soon as the one before is out. */
  readonly interval: number
  /** After the chunks: a proper end, a broken connection, or nothing until the caller leaves. */
  readonly end: 'proper' | 'cut' | 'never'
  /** A request body of any other size is answered with 400: nobody may lose bytes and look fast. */
  readonly requestBytes: number | undefined
  /** What a request must hold, in whichever dialect it comes. */
  readonly requestTexts?: readonly string[]
}

export interface BenchUpstream {
  listen(): Promise<number>
  play(scenario: Scenario): void
  /** Answers that have begun and not ended. */
  open(): number
  /** Requests so far. */
  served(): number
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'x-request-id': 'req_5f2c',
  'openai-processing-ms': '312',
}
const jsonHeaders = {
  'content-type': 'application/json',
  'content-length': jsonAnswer.length,
  'x-request-id': 'req_5f2c',
  'openai-processing-ms': '312',
}

/** A provider that answers at once, with as little work as node:http allows. */
export function createBenchUpstream(): BenchUpstream {
  let scenario: Scenario = { chunks: 0, interval: 0, end: 'proper', requestBytes: undefined }
  let open = 0
  let served = 0
  const server = createServer((request, response) => {
    served++
    open++
    response.once('close', () => open--)
    readBody(request, (body) => answer(response, taskOf({ scenario, request, body })))
  })
  // A connection that rests between two turns is not to be closed under its owner.
  server.keepAliveTimeout = 3_600_000
  return {
    listen: () =>
      new Promise((resolve) => {
        server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
          const address = server.address()
          resolve(typeof address === 'object' && address ? address.port : 0)
        })
      }),
    play(next) {
      scenario = next
    },
    open: () => open,
    served: () => served,
  }
}

function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
}

interface Task {
  readonly scenario: Scenario
  readonly stream: RecordedStream
  readonly withUsage: boolean
  /** Why the request is not answered. */
  readonly fault: string | undefined
}

interface Asked {
  readonly scenario: Scenario
  readonly request: IncomingMessage
  readonly body: Buffer
}

/** Streams speak the dialect that the path asks for. */
function taskOf({ scenario, request, body }: Asked): Task {
  return {
    scenario,
    stream: recordedStreams[dialectOf(request.url ?? '')],
    withUsage: body.includes('"include_usage":true'),
    fault: faultOf(body, scenario),
  }
}

function faultOf(body: Buffer, { requestBytes, requestTexts = [] }: Scenario): string | undefined {
  if (requestBytes !== undefined && body.length !== requestBytes)
    return `The body has ${body.length} bytes in place of ${requestBytes}.`
  const missing = requestTexts.find((text) => !body.includes(text))
  return missing === undefined ? undefined : `The body does not say "${missing}".`
}

function answer(response: ServerResponse, task: Task): void {
  const { chunks, interval } = task.scenario
  if (task.fault !== undefined) {
    response.writeHead(400).end(task.fault)
  } else if (chunks === 0) {
    response.writeHead(200, jsonHeaders).end(jsonAnswer)
  } else {
    response.writeHead(200, streamHeaders)
    response.flushHeaders()
    if (task.stream.opening.length > 0) sendFrames(response, task.stream.opening)
    const send = interval === 0 ? sendAtOnce : sendPaced
    send(response, task)
  }
}

const framed = new WeakMap<Buffer, Buffer>()

/** A chunk with its framing in one write: node:http would take three, and this core is not the one measured. */
function sendFrames(response: ServerResponse, frames: Buffer): void {
  const bytes =
    framed.get(frames) ??
    Buffer.concat([Buffer.from(`${frames.length.toString(16)}\r\n`), frames, Buffer.from('\r\n')])
  framed.set(frames, bytes)
  response.socket?.write(bytes)
}

/** A turn of the event loop for every chunk, so that each is a write of its own, as from a provider. */
function sendAtOnce(response: ServerResponse, task: Task): void {
  let sent = 0
  const next = () => {
    if (response.destroyed) return
    if (sent === task.scenario.chunks) return finish(response, task)
    sendFrames(response, task.stream.text(sent++))
    setImmediate(next)
  }
  next()
}

function sendPaced(response: ServerResponse, task: Task): void {
  const { chunks, interval } = task.scenario
  const { text } = task.stream
  let sent = 0
  sendFrames(response, text(sent++))
  const timer = setInterval(() => {
    if (sent < chunks) return sendFrames(response, text(sent++))
    clearInterval(timer)
    finish(response, task)
  }, interval)
  response.once('close', () => clearInterval(timer))
}

function finish(response: ServerResponse, { scenario, stream, withUsage }: Task): void {
  if (scenario.end === 'cut') response.destroy()
  if (scenario.end === 'proper') response.end(stream.closing(scenario.chunks, withUsage))
}
