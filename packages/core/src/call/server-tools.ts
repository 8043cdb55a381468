import { type JsonMembers, readMember } from './json-members.ts'

/** Names that every billed server tool has in it. */
const markers = ['web_search', 'file_search']

/** Calls allowed for a tool whose use the client leaves open; what goes beyond is taken from the balance. */
const openEnded = 10

/**
 * The most calls of billed server tools that a request allows, for its hold. Requests without any cost one
 * search of their bytes.
 */
export function boundToolCalls(members: JsonMembers): number {
  if (!markers.some((marker) => members.bytes.includes(marker))) return 0
  const limit = readCount(readMember(members, 'max_tool_calls'))
  const tools: unknown = readMember(members, 'tools')
  const listed = Array.isArray(tools) ? tools.reduce((sum: number, tool) => sum + usesOf(tool), 0) : 0
  const options = members.spans.has('web_search_options') ? 1 : 0
  return Math.min(listed + options, limit ?? Number.POSITIVE_INFINITY)
}

function usesOf(tool: unknown): number {
  if (typeof tool !== 'object' || tool === null) return 0
  const { type, max_uses: uses } = tool as { type?: unknown; max_uses?: unknown }
  const billed = typeof type === 'string' && markers.some((marker) => type.startsWith(marker))
  return billed ? (readCount(uses) ?? openEnded) : 0
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
