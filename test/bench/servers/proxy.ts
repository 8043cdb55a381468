import { Agent, createServer } from 'node:http'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { answerQuestions } from '../process/answer-questions.ts'
import { processorMicros } from '../process/consumption.ts'
import { listen } from './listen.ts'
import type { ServerQuestions } from './server-questions.ts'

/** http-proxy-middleware in Express and nothing else. Its own agent shares 256 sockets (`default`). */
const questions: ServerQuestions = {
  async start({ upstream }) {
    const app = express()
    const agent = new Agent({
      keepAlive: true,
      maxSockets: Number.POSITIVE_INFINITY,
      maxFreeSockets: Number.POSITIVE_INFINITY,
    })
    const unlimited = process.argv.includes('default') ? {} : { agent }
    app.use(createProxyMiddleware({ target: upstream, ...unlimited }))
    return { port: await listen(createServer(app)), authorization: 'Bearer sk-upstream' }
  },
  processorMicros,
}

answerQuestions(questions)
