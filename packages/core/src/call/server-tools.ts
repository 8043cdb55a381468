import type { Credential } from '../billing/charge.ts'
import { unpriced } from '../billing/unpriced.ts'
import { textOf } from '../bytes/body-bytes.ts'
import { type JsonMembers, readMember } from './json-members.ts'

/** What a request's server tools may cost, beside what its own words do. */
export interface ServerToolBound {
  /** Calls that are billed each. */
  readonly calls: number
  /** Tokens that tools may bring into the input while the model works. */
  readonly fetchedTokens: number
}

/** One of these words is in the name of every tool that is billed, or reads something for the model. */
const markers = [
  'web_',
  'file_search',
  'oogle',
  'urlContext',
  'url_context',
  'code_',
  '"mcp"',
  '"mcp_toolset',
  'erprise',
  'retr',
]
const billed = /^(web_search|file_search|google_?search)/i
const fetching =
  /^(web_search|web_fetch|file_search|google_?search|url_?context|code_(execution|interpreter)|mcp)/i
/** Billed by Google as services of their own, of which no answer tells how often they were used. */
const uncounted = /^(google_?maps|enterprise_?web_?search|retrieval)$/i

/** Calls allowed for a tool whose use the client leaves open; what goes beyond is taken from the balance. */
const openEnded = 10
/** What one use brings: a recorded search brought 13,600 tokens, a long page is more. */
const tokensPerUse = 32_000

const none: ServerToolBound = { calls: 0, fetchedTokens: 0 }

/**
 * The most that server tools may add to a call, for its hold. Only the members that can name such a tool are
 * searched: a search of a long body costs more than all the rest of its way.
 *
 * @throws GatewayError `model_not_priced` for tools that are billed and not counted.
 */
export function boundServerTools(members: JsonMembers, credential: Credential): ServerToolBound {
  if (!mayUseTools(members)) return none
  const tools: unknown = readMember(members, 'tools')
  // Google takes a list of one without its brackets.
  const list: readonly unknown[] = [...(tools === undefined ? [] : [tools].flat()), ...serversOf(members)]
  const limit = readCount(readMember(members, 'max_tool_calls')) ?? Number.POSITIVE_INFINITY
  const options = members.spans.has('web_search_options') ? 1 : 0
  const uses = (kind: RegExp) =>
    Math.min(
      list.reduce((sum: number, tool) => sum + usesOf(tool, kind), options),
      limit,
    )
  const [service] = list.flatMap((tool) => namesOf(tool).filter((name) => uncounted.test(name)))
  if (service !== undefined && credential === 'managed') throw unpriced(`the tool "${service}"`, 'tools')
  return { calls: uses(billed), fetchedTokens: uses(fetching) * tokensPerUse }
}

/** Anthropic's servers of tools, beside its tools or, as it was at first, in their place. */
function serversOf(members: JsonMembers): readonly unknown[] {
  const servers: unknown = readMember(members, 'mcp_servers')
  return Array.isArray(servers) ? servers.map(() => ({ type: 'mcp' })) : []
}

function mayUseTools({ spans, body }: JsonMembers): boolean {
  if (spans.has('web_search_options') || spans.has('mcp_servers')) return true
  const span = spans.get('tools')
  const tools = span && textOf(body, span.start, span.end)
  // Escapes hide a name from a search, and not from the provider.
  return tools !== undefined && [...markers, '\\u00'].some((marker) => tools.includes(marker))
}

/** What a tool is called by: its type, or its one member in Gemini's words. */
function namesOf(tool: unknown): readonly string[] {
  if (typeof tool !== 'object' || tool === null) return []
  const { type } = tool as { type?: unknown }
  return typeof type === 'string' ? [type] : Object.keys(tool)
}

function usesOf(tool: unknown, kind: RegExp): number {
  if (!namesOf(tool).some((name) => kind.test(name))) return 0
  return readCount((tool as { max_uses?: unknown }).max_uses) ?? openEnded
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
