import { countWord } from '../bytes/search-bytes.ts'
import { fromWire } from '../bytes/wire-text.ts'
import { countIn, countingDialects } from '../dialects/counting/counting-dialects.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { isJsonObject } from '../dialects/json.ts'
import { collectAnswer } from '../upstream/collect-answer.ts'
import type { ResolvedCall } from './call.ts'
import { refersToItems } from './item-references.ts'
import { type JsonMembers, readMember } from './json-members.ts'
import { searchedBody } from './searched-body.ts'
import type { CallServices } from './services.ts'
import { prepareRequest } from './upstream-request.ts'

/** A client waits for it. */
const patienceMs = 10_000

/**
 * Asks the provider of a call how long its input is: the bytes of a body bound it, by four times too much for words and
 * a thousand times for pictures.
 *
 * @returns Tokens; undefined where nobody can tell. Never rejects.
 */
export async function countInput(services: CallServices, call: ResolvedCall): Promise<number | undefined> {
  const dialect = counterOf(call)
  if (!dialect || !isWhole(call)) return undefined
  const asked = { ...call, target: { ...call.target, dialect } }
  try {
    const { request } = prepareRequest(asked, services.settings)
    const patient = { ...request, headersTimeout: patienceMs, bodyTimeout: patienceMs }
    const { status, body } = await collectAnswer(call.target.provider.transport, patient)
    return status === 200 ? readCount(dialect, JSON.parse(fromWire(body))) : undefined
  } catch {
    return undefined
  }
}

/** The client's own dialect where the provider counts in it, otherwise one that it can be translated to. */
function counterOf({ dialect, target }: ResolvedCall): Dialect | undefined {
  const { countsTokens = [] } = target.provider.definition
  if (!dialect.parseRequest) return undefined
  const id = countsTokens.find((counted) => counted === dialect.id) ?? countsTokens[0]
  return id && countingDialects[id]
}

/** All of its input is in its body, and a question can say it. */
function isWhole({ dialect, envelope: { state, members } }: ResolvedCall): boolean {
  const body = searchedBody(members.body)
  // Sound of earlier answers is named by an id, which nothing but Chat knows.
  if (dialect.id === 'openai-chat') return countWord(body, '"audio"', 1) === 0 && !hasNames(members)
  if (!state) return !addsUnseen.some((name) => members.spans.has(name))
  return state.previous === undefined && state.ownedAt === undefined && !refersToItems(members)
}

/** Members by which a provider adds to an input of Anthropic's what no question shows. */
const addsUnseen = ['mcp_servers', 'container']

/** Who said a message is billed with it, in Chat alone. */
function hasNames(members: JsonMembers): boolean {
  const messages = readMember(members, 'messages')
  return Array.isArray(messages) && messages.some((message) => isJsonObject(message) && message.name != null)
}

function readCount({ parseAnswer }: Dialect, answer: unknown): number | undefined {
  const deltas = isJsonObject(answer) ? parseAnswer?.(answer) : undefined
  const tokens = deltas && countIn(deltas)
  return tokens !== undefined && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : undefined
}
