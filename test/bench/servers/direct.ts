import { answerQuestions } from '../process/answer-questions.ts'
import { processorMicros } from '../process/consumption.ts'
import { createBenchUpstream } from '../upstream.ts'
import type { ServerQuestions } from './server-questions.ts'

const { listen, ...own } = createBenchUpstream()

/** The upstream itself, on the core of the servers: what no proxy can fall below. */
const questions = {
  ...own,
  start: async () => ({ port: await listen(), authorization: 'Bearer sk-upstream' }),
  processorMicros,
} satisfies ServerQuestions & object

answerQuestions(questions)
