import { answerQuestions } from './process/answer-questions.ts'
import { processorMicros } from './process/consumption.ts'
import { createBenchUpstream } from './upstream.ts'

const { listen, play, open, served } = createBenchUpstream()
const questions = { listen, play, open, served, processorMicros }

/** What the upstream's process answers. */
export type UpstreamQuestions = typeof questions

answerQuestions(questions)
