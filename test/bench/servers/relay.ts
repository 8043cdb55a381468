import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { answerQuestions } from '../process/answer-questions.ts'
import { processorMicros } from '../process/consumption.ts'
import { listen } from './listen.ts'
import type { ServerQuestions } from './server-questions.ts'

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'expect'])

/** The least a relay on undici's dispatcher can do: no framework, no key, no look at any byte. */
const questions: ServerQuestions = {
  async start({ upstream }) {
    const pool = new Pool(upstream, { connections: null, pipelining: 1, allowH2: false })
    const server = createServer((request, response) => relay(pool, request, response))
    return { port: await listen(server), authorization: 'Bearer sk-upstream' }
  },
  processorMicros,
}

function relay(pool: Pool, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    const { method = 'GET', url: path = '/' } = request
    const options = {
      method: method as Dispatcher.HttpMethod,
      path,
      headers: endToEnd(request.headers),
      body,
    }
    pool.dispatch(options, createHandler(response))
  })
}

/** Names and values in turn. */
function endToEnd(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const kept: string[] = []
  for (const name in headers) {
    if (!hopByHop.has(name)) kept.push(name, String(headers[name]))
  }
  return kept
}

function createHandler(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      response.once('close', () => {
        if (!response.writableFinished) controller.abort(new Error('The client has left.'))
      })
      response.on('drain', () => controller.resume())
    },
    onResponseStart(_controller, status, headers) {
      response.writeHead(status, endToEnd(headers))
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) controller.pause()
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => void response.destroy(),
  }
}

answerQuestions(questions)
