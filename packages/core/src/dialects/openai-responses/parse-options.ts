import type { Reasoning, ResponseFormat } from '../conversation.ts'
import {
  booleanMember,
  invalidMember,
  listMember,
  numberMember,
  type Place,
  pathOf,
  placeMember,
  requiredPlace,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'

/** What `include` names to ask for the likelihood of tokens. */
export const includeLogprobs = 'message.output_text.logprobs'

/** `reasoning`, whose effort `none` switches it off. */
export function parseReasoningOptions(body: Place): Reasoning | undefined {
  const place = placeMember(body, 'reasoning')
  if (place === undefined) return undefined
  const effort = stringMember(place, 'effort')
  const summary = stringMember(place, 'summary') ?? stringMember(place, 'generate_summary')
  const reasoning = withoutAbsent({ effort: effort === 'none' ? undefined : effort, summary })
  if (effort === 'none') return { ...reasoning, disabled: true }
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

/** `text.format`. */
export function parseResponseFormat(body: Place): ResponseFormat | undefined {
  const text = placeMember(body, 'text')
  const format = text && placeMember(text, 'format')
  if (format === undefined) return undefined
  const type = requiredString(format, 'type')
  if (type === 'text') return undefined
  if (type === 'json_object') return { type: 'json-object' }
  if (type === 'json_schema') return parseSchema(format)
  throw invalidMember(pathOf(format, 'type'), '`text`, `json_object` or `json_schema`')
}

function parseSchema(format: Place): ResponseFormat {
  return {
    type: 'json-schema',
    name: requiredString(format, 'name'),
    schema: requiredPlace(format, 'schema').value,
    ...withoutAbsent({
      description: stringMember(format, 'description'),
      strict: booleanMember(format, 'strict'),
    }),
  }
}

/** `text.verbosity`. */
export function parseVerbosity(body: Place): string | undefined {
  const text = placeMember(body, 'text')
  return text && stringMember(text, 'verbosity')
}

/** `top_logprobs`; its 0 is the default and asks for nothing unless `include` does. */
export function parseLogprobs(body: Place): number | undefined {
  const count = numberMember(body, 'top_logprobs') ?? 0
  if (!Number.isSafeInteger(count) || count < 0)
    throw invalidMember('top_logprobs', 'an integer that is not negative')
  const isAsked = listMember(body, 'include')?.includes(includeLogprobs) ?? false
  return isAsked || count > 0 ? count : undefined
}
