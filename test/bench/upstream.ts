import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { closingFrames, jsonAnswer, textFrame } from './recorded.ts'

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
    readBody(request, (body) => answer(response, { scenario, body }))
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
  readonly body: Buffer
}

function answer(response: ServerResponse, { scenario, body }: Task): void {
  const { requestBytes, chunks, interval } = scenario
  if (requestBytes !== undefined && body.length !== requestBytes) {
    response.writeHead(400).end(`The body has ${body.length} bytes in place of ${requestBytes}.`)
  } else if (chunks === 0) {
    response.writeHead(200, jsonHeaders).end(jsonAnswer)
  } else {
    response.writeHead(200, streamHeaders)
    response.flushHeaders()
    const send = interval === 0 ? sendAtOnce : sendPaced
    send(response, { scenario, body })
  }
}

const framedText = Buffer.concat([
  Buffer.from(`${textFrame.length.toString(16)}\r\n`),
  textFrame,
  Buffer.from('\r\n'),
])

/** A chunk with its framing in one write: node:http would take three, and this core is not the one measured. */
function sendText(response: ServerResponse): void {
  response.socket?.write(framedText)
}

/** A turn of the event loop for every chunk, so that each is a write of its own, as from a provider. */
function sendAtOnce(response: ServerResponse, task: Task): void {
  let sent = 0
  const next = () => {
    if (response.destroyed) return
    if (sent++ === task.scenario.chunks) return finish(response, task)
    sendText(response)
    setImmediate(next)
  }
  next()
}

function sendPaced(response: ServerResponse, task: Task): void {
  const { chunks, interval } = task.scenario
  let sent = 1
  sendText(response)
  const timer = setInterval(() => {
    if (sent++ < chunks) return sendText(response)
    clearInterval(timer)
    finish(response, task)
  }, interval)
  response.once('close', () => clearInterval(timer))
}

function finish(response: ServerResponse, { scenario, body }: Task): void {
  if (scenario.end === 'cut') response.destroy()
  if (scenario.end === 'proper') response.end(closingFrames(body.includes('"include_usage":true')))
}
