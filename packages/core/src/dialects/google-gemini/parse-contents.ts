import { wroteNoJson } from '../anthropic-messages/arguments.ts'
import type { Message, Part, TextPart, ToolCallPart, ToolResultPart } from '../conversation.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import {
  invalidMember,
  memberOf,
  type Place,
  pathOf,
  placeAt,
  placeMember,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { createOpenCalls, idOfPlace, type OpenCalls } from './call-ids.ts'
import { camelPlace, camelPlaceMember, camelPlacesMember } from './camel-place.ts'
import { joinModelTurns } from './model-turns.ts'
import { parsePart, parseResultMedia, sealOf } from './parse-part.ts'

/** `systemInstruction` and `contents`, in order, each with the path it has in the client's body. */
export function parseContents(body: Place): readonly Message[] {
  const calls = createOpenCalls()
  const turns = contentPlaces(body, 'contents')
  if (turns === undefined || turns.length === 0) throw invalidMember('contents', 'a list of contents')
  return [
    ...(contentPlaces(body, 'systemInstruction') ?? []).map(parseSystem),
    ...joinModelTurns(turns.map((place) => parseContent(place, calls))),
  ]
}

/** One content where Google's servers take one, and a bare text. */
function contentPlaces(body: Place, name: string): readonly Place[] | undefined {
  const value = memberOf(body, name)
  const path = pathOf(body, name)
  if (value === undefined) return undefined
  if (typeof value === 'string') return [{ value: { parts: [{ text: value }] }, path }]
  if (Array.isArray(value)) return value.map((item, at) => camelPlace(placeAt(item, `${path}.${at}`)))
  return [camelPlace(placeAt(value, path))]
}

function partPlaces(content: Place): readonly Place[] {
  const { parts } = content.value
  if (!isJsonObject(parts)) return camelPlacesMember(content, 'parts')
  return [camelPlace({ value: parts, path: pathOf(content, 'parts') })]
}

function parseSystem(content: Place): Message {
  const parts = partPlaces(content).map((place): TextPart => {
    const part = parsePart(place)
    if (part.type === 'text') return part
    throw invalidMember(place.path, 'a text part')
  })
  return { role: 'system', parts, path: content.path }
}

function parseContent(content: Place, calls: OpenCalls): Message {
  const role = stringMember(content, 'role')?.toLowerCase() ?? 'user'
  const parts = partPlaces(content).map((place) => parseAnyPart(place, calls))
  const { path } = content
  if (role === 'model') return { role: 'assistant', parts, path }
  if (role !== 'user' && role !== 'function') throw invalidMember(`${path}.role`, '`user` or `model`')
  const results = parts.filter((part) => part.type === 'tool-result')
  return results.length === parts.length && parts.length > 0
    ? { role: 'tool', parts: results, path }
    : { role: 'user', parts, path }
}

function parseAnyPart(place: Place, calls: OpenCalls): Part {
  const call = camelPlaceMember(place, 'functionCall')
  if (call !== undefined) return parseCall(call, place, calls)
  const response = camelPlaceMember(place, 'functionResponse')
  return response === undefined ? parsePart(place) : parseResult(response, place, calls)
}

function parseCall(call: Place, place: Place, calls: OpenCalls): ToolCallPart {
  const { path } = place
  const name = requiredString(call, 'name')
  const given = stringMember(call, 'id')
  const id = given || idOfPlace(path)
  calls.add({ id, name, isNamed: id === given })
  const args = placeMember(call, 'args')?.value ?? {}
  const seal = sealOf(place)
  const json = wroteNoJson(args) ?? JSON.stringify(args)
  return { type: 'tool-call', id, name, arguments: json, path, ...withoutAbsent({ seal }) }
}

/** Members of a result that say when it comes and whether more will. */
const schedule = ['scheduling', 'willContinue']

function parseResult(response: Place, place: Place, calls: OpenCalls): ToolResultPart {
  const name = requiredString(response, 'name')
  const given = stringMember(response, 'id') || undefined
  const output = placeMember(response, 'response')?.value ?? {}
  const others = Object.entries(response.value).filter(([member]) => schedule.includes(member))
  const extras = { name, response: output, ...Object.fromEntries(others) }
  const { text, isError } = outputOf(output, name)
  const { path } = place
  return {
    type: 'tool-result',
    callId: calls.take(given, name) ?? given ?? idOfPlace(path),
    parts: [
      ...(text === '' ? [] : [{ type: 'text', text, path } as const]),
      ...camelPlacesMember(response, 'parts').map(parseResultMedia),
    ],
    path,
    extras,
    ...(isError ? { isError } : {}),
  }
}

/**
 * `output` and `error` are Google's names for what a tool gave back; the AI SDK writes `content` beside the tool's
 * name. Without them all of it is the output.
 */
function outputOf(response: JsonObject, tool: string): { readonly text: string; readonly isError: boolean } {
  const names = Object.keys(response).filter((name) => name !== 'name' || response.name !== tool)
  const [only = ''] = names
  const isNamed = names.length === 1 && givenBack.has(only)
  const value = isNamed ? response[only] : response
  const isEmpty = Object.keys(response).length === 0
  const text = typeof value === 'string' ? value : isEmpty ? '' : JSON.stringify(value)
  return { text, isError: isNamed && only === 'error' }
}

const givenBack: ReadonlySet<string> = new Set(['output', 'error', 'result', 'content'])
