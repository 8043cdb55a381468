import type { Delta } from '../delta.ts'
import { createAnswerToolFilter } from './answer-tool.ts'
import { createCustomToolFilter } from './custom-tools.ts'
import { createToolNameFilter } from './tool-names.ts'

/** What a rendered request has disguised, so that its answer is to be shown as the client expects it. */
export interface AnswerFilters {
  /** A tool that was forced only to get structured output: its arguments are the answer's text. */
  readonly answerTool?: string
  /** Tools that take free text and were offered as functions with one member, `input`. */
  readonly customTools?: ReadonlySet<string>
  /** The client's own names of tools whose names were too long, by the names that were sent. */
  readonly toolNames?: ReadonlyMap<string, string>
}

/** Turns the deltas of an answer into those that the client's own request would have had. One instance an answer. */
export function createAnswerFilter({
  answerTool,
  customTools,
  toolNames,
}: AnswerFilters = {}): (delta: Delta) => readonly Delta[] {
  const filters = [
    ...(answerTool === undefined ? [] : [createAnswerToolFilter(answerTool)]),
    ...(customTools === undefined ? [] : [createCustomToolFilter(customTools)]),
    ...(toolNames === undefined ? [] : [createToolNameFilter(toolNames)]),
  ]
  if (filters.length === 0) return (delta) => [delta]
  return (delta) => filters.reduce<readonly Delta[]>((deltas, filter) => deltas.flatMap(filter), [delta])
}
