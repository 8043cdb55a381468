import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, AnswerHeaders, BodyAnswer, StreamAnswer } from './answer.ts'

/** What sending reports as it goes. */
export interface SendLog {
  /** Bytes of the answer's body written so far. */
  bytesSent: number
  /** How often the caller read too slowly and sending had to wait. */
  drainWaits: number
  /** The script itself broke the connection. */
  cut: boolean
}

/** Sends one answer, as fast as the reader takes it. */
export async function sendAnswer(response: ServerResponse, answer: Answer, log: SendLog): Promise<void> {
  if (answer.kind === 'hang') return
  if (answer.kind === 'destroy') {
    log.cut = true
    response.destroy()
  }
  if (answer.kind === 'body') await sendBody(response, answer, log)
  if (answer.kind === 'stream') await sendStream(response, answer, log)
}

async function sendBody(response: ServerResponse, answer: BodyAnswer, log: SendLog): Promise<void> {
  const { body, cutAfter, delayMs } = answer
  if (delayMs) await sleep(delayMs)
  response.writeHead(answer.status, { ...writable(answer.headers), 'content-length': body.length })
  if (cutAfter === undefined) {
    log.bytesSent += body.length
    response.end(body)
    return
  }
  await write(response, body.subarray(0, cutAfter), log)
  await cut(response, log)
}

async function sendStream(response: ServerResponse, answer: StreamAnswer, log: SendLog): Promise<void> {
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...writable(answer.headers ?? {}) }
  response.writeHead(answer.status ?? 200, headers)
  response.flushHeaders()
  const { cutAfter = Number.POSITIVE_INFINITY, stallAfter = Number.POSITIVE_INFINITY, gateAfter = 0 } = answer
  let count = 0
  // Before the next event is asked for, so that a script may make it up by then.
  if (gateAfter === 0) await answer.gate
  for (const event of eventsOf(answer)) {
    if (count === Math.min(cutAfter, stallAfter) || response.closed) break
    if (answer.paceMs && count > 0) await sleep(answer.paceMs)
    await writeEvent(event)
    count += 1
    if (count === gateAfter) await answer.gate
  }
  if (count === cutAfter) await cut(response, log)
  else if (count !== stallAfter) response.end()

  async function writeEvent(event: Uint8Array): Promise<void> {
    for (const chunk of answer.split === 'byte' ? bytesOf(event) : [event]) await write(response, chunk, log)
  }
}

function eventsOf(answer: StreamAnswer): Iterable<Uint8Array> {
  const events = (function* () {
    for (const event of answer.events) yield framed(event, answer.framing)
  })()
  return answer.split === 'whole' ? [Buffer.concat([...events])] : events
}

function framed(event: string | Uint8Array, framing: StreamAnswer['framing']): Uint8Array {
  if (framing !== 'crlf') return Buffer.from(event)
  return Buffer.from(Buffer.from(event).toString().replaceAll('\n', '\r\n'))
}

function* bytesOf(event: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < event.length; at += 1) yield event.subarray(at, at + 1)
}

async function write(response: ServerResponse, chunk: Uint8Array, log: SendLog): Promise<void> {
  if (response.closed) return
  log.bytesSent += chunk.length
  if (response.write(chunk)) return
  log.drainWaits += 1
  await new Promise<void>((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}

/** Destroys the socket once what was written is on its way. */
async function cut(response: ServerResponse, log: SendLog): Promise<void> {
  log.cut = true
  await sleep(10)
  response.destroy()
}

function writable(headers: AnswerHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
}
