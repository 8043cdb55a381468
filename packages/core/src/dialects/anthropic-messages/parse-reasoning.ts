import type { Reasoning, ResponseFormat } from '../conversation.ts'
import {
  countMember,
  invalidMember,
  type Place,
  pathOf,
  placeMember,
  requiredPlace,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'

/** `thinking` says whether and how long, `output_config.effort` how hard. */
export function parseReasoning(body: Place): Reasoning | undefined {
  const config = placeMember(body, 'output_config')
  const effort = config && stringMember(config, 'effort')
  const thinking = placeMember(body, 'thinking')
  if (thinking === undefined) return effort === undefined ? undefined : { effort }
  const type = requiredString(thinking, 'type')
  const summary = parseDisplay(thinking)
  switch (type) {
    case 'enabled':
      return withoutAbsent({ effort, budgetTokens: requiredBudget(thinking), summary })
    case 'adaptive':
      return withoutAbsent({ effort, adaptive: true as const, summary })
    case 'disabled':
    // Between tools there is none in front of an answer, which is as little as some models can.
    case 'between_tools':
      return withoutAbsent({ disabled: true as const, effort })
    default:
      throw invalidMember(pathOf(thinking, 'type'), '`adaptive`, `enabled`, `disabled` or `between_tools`')
  }
}

function requiredBudget(thinking: Place): number {
  const budget = countMember(thinking, 'budget_tokens')
  if (budget === undefined) throw invalidMember(pathOf(thinking, 'budget_tokens'), 'a positive integer')
  return budget
}

const summaries: ReadonlyMap<string, string> = new Map([
  ['summarized', 'auto'],
  ['omitted', 'none'],
])

function parseDisplay(thinking: Place): string | undefined {
  const display = stringMember(thinking, 'display')
  if (display === undefined) return undefined
  const summary = summaries.get(display)
  if (summary === undefined) throw invalidMember(pathOf(thinking, 'display'), '`summarized` or `omitted`')
  return summary
}

/** `output_config.format`, and `output_format` as it was called while it was new. */
export function parseResponseFormat(body: Place): ResponseFormat | undefined {
  const config = placeMember(body, 'output_config')
  const format = (config && placeMember(config, 'format')) ?? placeMember(body, 'output_format')
  if (format === undefined) return undefined
  if (requiredString(format, 'type') !== 'json_schema') {
    throw invalidMember(pathOf(format, 'type'), '`json_schema`')
  }
  // The dialect has no name for it, and others demand one.
  return { type: 'json-schema', name: 'output', schema: requiredPlace(format, 'schema').value }
}
