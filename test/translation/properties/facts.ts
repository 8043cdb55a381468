import type {
  Conversation,
  DocumentPart,
  ImagePart,
  Message,
  Part,
  ThinkingPart,
  Tool,
  ToolCallPart,
  ToolChoice,
  ToolResultPart,
} from '../../../packages/core/src/dialects/conversation.ts'
import { fieldName } from '../../../packages/core/src/dialects/field-names.ts'
import { isJsonObject, type JsonObject } from '../../../packages/core/src/dialects/json.ts'
import { saySettings } from './setting-facts.ts'

/** One thing that a conversation says. */
export interface Fact {
  readonly kind: string
  readonly value: string
  /** Where a client finds it in its own body: what a warning or a refusal about it may name. */
  readonly places: readonly string[]
}

/** Takes one fact down. */
export type Say = (kind: string, value: unknown, ...places: readonly string[]) => void

/**
 * All that a conversation says, in its order. Two of them mean the same when they say the same.
 *
 * @param toolNames The client's own names of tools by those that were sent in their place.
 */
export function factsOf(given: Conversation, toolNames?: ReadonlyMap<string, string>): readonly Fact[] {
  const conversation = toolNames === undefined ? given : withNames(given, toolNames)
  const facts: Fact[] = []
  const say: Say = (kind, value, ...places) => {
    facts.push({ kind, value: typeof value === 'string' ? value : canonical(value), places })
  }
  const calls = new Map<string, ToolCallPart>()
  for (const message of conversation.messages) sayMessage(message, { calls, conversation }, say)
  for (const tool of conversation.tools) sayTool(tool, conversation, say)
  saySettings(conversation, say)
  return facts
}

function withNames(conversation: Conversation, names: ReadonlyMap<string, string>): Conversation {
  const nameOf = (name: string) => names.get(name) ?? name
  const renamed = <Named extends object>(value: Named): Named =>
    'name' in value ? { ...value, name: nameOf(String(value.name)) } : value
  const { messages, tools, toolChoice: choice } = conversation
  const subset = choice?.type === 'allowed' ? { ...choice, names: choice.names.map(nameOf) } : undefined
  return {
    ...conversation,
    messages: messages.map((message) => ({ ...message, parts: message.parts.map(renamed) }) as Message),
    tools: tools.map(renamed),
    ...(choice !== undefined && { toolChoice: subset ?? renamed(choice) }),
  }
}

/** JSON whose members are in one order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  )
}

/** Where a message stands among the others. */
interface Place {
  readonly calls: Map<string, ToolCallPart>
  readonly conversation: Conversation
}

function sayMessage(message: Message, { calls, conversation }: Place, say: Say): void {
  const { role, path } = message
  const before = conversation.messages.slice(0, conversation.messages.indexOf(message))
  if (role === 'system' && before.some((other) => other.role !== 'system'))
    say('place of later instructions', '', path)
  for (const part of message.parts as readonly Part[]) {
    if (part.type === 'tool-call') sayCall(part, { calls, conversation }, say)
    else if (part.type === 'tool-result') sayResult(part, calls, say)
    else sayPart(part, role === 'tool' ? 'user' : role, say)
    if (part.cache !== undefined) say('cache mark', part.cache, part.path)
    if (part.type === 'thinking') sayThinking(part, fieldName(conversation.dialect, 'messages'), say)
  }
}

function sayThinking({ text, seal, redacted, path }: ThinkingPart, where: string, say: Say): void {
  const origin = seal?.origin ?? 'nobody'
  if (text !== '') say(`thinking of ${origin}`, text, path, where)
  if (seal !== undefined) say(`seal of ${origin}`, [seal.value, redacted], path, where)
}

function sayPart(part: Part, owner: string, say: Say): void {
  const { path } = part
  if (part.type === 'text' && part.text !== '') say(`${owner} text`, part.text, path)
  if (part.type === 'refusal') say('refusal', part.text, path)
  if (part.type === 'image' || part.type === 'document') sayMedia(part, owner, say)
  if (part.type === 'audio') say(`${owner} audio`, [part.format, part.data], path)
  if (part.type === 'opaque') say('opaque', part.value, path)
}

function sayMedia(part: ImagePart | DocumentPart, owner: string, say: Say): void {
  const { source, type, path } = part
  switch (source.kind) {
    case 'base64':
      say(`${owner} ${kindOf(source.mediaType, type)}`, [source.mediaType, source.data], path)
      break
    case 'url':
      say(`${owner} ${type} by address`, source.url, path)
      break
    case 'file':
      say(`${owner} ${type} by id`, source.id, path)
      break
    case 'text':
      say(`${owner} document of text`, source.text, path)
  }
  if (part.type === 'image' && part.detail !== undefined) say('detail', part.detail, path)
  if (part.type === 'document' && part.title !== undefined) say(titleOf(part), part.title, path)
}

function kindOf(mediaType: string, type: string): string {
  if (mediaType === 'application/pdf') return 'pdf'
  return mediaType.startsWith('text/') ? 'text file' : mediaType.startsWith('video/') ? 'video' : type
}

function titleOf({ source }: DocumentPart): string {
  if (source.kind === 'text') return 'title of text'
  if (source.kind !== 'base64') return `title of ${source.kind}`
  return source.mediaType.startsWith('text/') ? 'title of text file' : 'title'
}

/** Calls are known by what they call, because ids may be written in other ways. */
function sayCall(part: ToolCallPart, { calls, conversation }: Place, say: Say): void {
  calls.set(part.id, part)
  const where = fieldName(conversation.dialect, 'messages')
  const { name, custom, path, seal } = part
  if (custom) say('free call', [name, part.arguments], path, where)
  else say('call', [name, argumentsOf(part)], path, where)
  const wrapped = custom ? undefined : argumentsOf(part)
  if (isJsonObject(wrapped) && Object.keys(wrapped).join() === 'input')
    say('wrapped call', [name, wrapped.input], path)
  if (seal !== undefined) say(`call signed by ${seal.origin}`, [name, seal.value], path)
}

/** `{}` and nothing are the same, and spaces between tokens mean nothing. */
function argumentsOf({ arguments: json }: ToolCallPart): unknown {
  try {
    const value: unknown = JSON.parse(json || '{}')
    return isJsonObject(value) ? value : json
  } catch {
    return json
  }
}

function sayResult(part: ToolResultPart, calls: Map<string, ToolCallPart>, say: Say): void {
  const call = calls.get(part.callId)
  const of = call === undefined ? undefined : [call.name, [...calls.keys()].indexOf(part.callId)]
  const { path } = part
  say('result', of, path)
  if (part.isError) say('failure', of, path)
  const [first] = part.parts
  if (first?.type === 'text' && first.text.startsWith('Error: ')) say('error text', of, path)
  for (const item of part.parts) {
    sayPart(item, 'result', say)
    if (item.cache !== undefined) say('cache mark', item.cache, item.path)
  }
}

function sayTool(tool: Tool, { toolChoice: choice }: Conversation, say: Say): void {
  const { path, name } = tool
  if (tool.type === 'server') {
    say('server tool', tool.value, path)
    return
  }
  if (!isOffered(name, choice)) {
    say('tool out of choice', name, path, `${path}.strict`)
    return
  }
  const kind = tool.type === 'custom' ? 'free tool' : 'tool'
  say(kind, name, path)
  if (tool.description !== undefined) say('tool description', `${name}: ${tool.description}`, path)
  if (tool.cache !== undefined) say('cache mark of a tool', tool.cache, path)
  if (tool.type === 'custom') {
    if (tool.format?.type === 'grammar') say('grammar', tool.format, path)
    return
  }
  if (takesSomething(tool.parameters)) say('tool schema', [name, tool.parameters], path)
  if (tool.strict) say('strict tool', name, path, `${path}.strict`)
}

function isOffered(name: string, choice: ToolChoice | undefined): boolean {
  if (choice?.type === 'tool') return choice.name === name
  return choice?.type !== 'allowed' || choice.names.includes(name)
}

/** A function without parameters may say so in a schema. */
function takesSomething({ type: _type, properties, ...others }: JsonObject = {}): boolean {
  return Object.keys(others).length > 0 || Object.keys(isJsonObject(properties) ? properties : {}).length > 0
}
