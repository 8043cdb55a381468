import { textOf } from '../bytes/body-bytes.ts'
import { type JsonMembers, readMember } from './json-members.ts'

/** Names that every billed server tool has in it. */
const markers = ['web_search', 'file_search', 'google_search', 'googleSearch']

/** Calls allowed for a tool whose use the client leaves open; what goes beyond is taken from the balance. */
const openEnded = 10

/**
 * The most calls of billed server tools that a request allows, for its hold. Only the members that can name
 * such a tool are searched: a search of a long body costs more than all the rest of its way.
 */
export function boundToolCalls(members: JsonMembers): number {
  if (!mayUseTools(members)) return 0
  const limit = readCount(readMember(members, 'max_tool_calls'))
  const tools: unknown = readMember(members, 'tools')
  // Google takes a list of one without its brackets.
  const list: readonly unknown[] = tools === undefined ? [] : [tools].flat()
  const listed = list.reduce((sum: number, tool) => sum + usesOf(tool), 0)
  const options = members.spans.has('web_search_options') ? 1 : 0
  return Math.min(listed + options, limit ?? Number.POSITIVE_INFINITY)
}

function mayUseTools({ spans, body }: JsonMembers): boolean {
  if (spans.has('web_search_options')) return true
  const span = spans.get('tools')
  const tools = span && textOf(body, span.start, span.end)
  // Escapes hide a name from a search, and not from the provider.
  return tools !== undefined && [...markers, '\\u00'].some((marker) => tools.includes(marker))
}

function usesOf(tool: unknown): number {
  if (typeof tool !== 'object' || tool === null) return 0
  // Gemini's tools are named by their one member.
  if (Object.keys(tool).some((name) => /^google_?search/i.test(name))) return openEnded
  const { type, max_uses: uses } = tool as { type?: unknown; max_uses?: unknown }
  const billed = typeof type === 'string' && markers.some((marker) => type.startsWith(marker))
  return billed ? (readCount(uses) ?? openEnded) : 0
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
