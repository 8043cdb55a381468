import { runClosedLoop } from './load/closed-loop.ts'
import type { Connection } from './load/connection.ts'
import type { LoadQuestions } from './load/load-questions.ts'
import { countAlive, runSideBySide } from './load/side-by-side.ts'
import { answerQuestions } from './process/answer-questions.ts'

const open = new Set<Connection>()

const questions: LoadQuestions = {
  closedLoop: runClosedLoop,
  sideBySide: (task) => runSideBySide(task, open),
  alive: (withinMs) => countAlive(open, withinMs),
}

answerQuestions(questions)
