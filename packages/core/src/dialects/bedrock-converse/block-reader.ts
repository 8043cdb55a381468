import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

/** Content blocks in their order, as hub deltas. Of text and reasoning only the pieces come, and no start. */
export interface BlockReader {
  start(index: unknown, start: unknown): readonly Delta[]
  delta(index: unknown, delta: unknown): readonly Delta[]
  /** Closes what is open. */
  stop(): readonly Delta[]
}

interface OpenBlock {
  /** The provider's own number of it. */
  readonly source: unknown
  readonly kind: 'text' | 'thinking' | 'tool'
  readonly index: number
  /** Of reasoning: what seals it; an encrypted whole comes in pieces too. */
  seal: string
  hasArguments: boolean
}

export function createBlockReader(): BlockReader {
  let next = 0
  let open: OpenBlock | undefined

  function begin(source: unknown, kind: OpenBlock['kind'], head: (index: number) => Delta): readonly Delta[] {
    const closed = stop()
    open = { source, kind, index: next, seal: '', hasArguments: false }
    next += 1
    return [...closed, head(open.index)]
  }

  function stop(): readonly Delta[] {
    if (open === undefined) return []
    const { index, kind, seal, hasArguments } = open
    open = undefined
    const stopped: Delta = { type: 'block-stop', index }
    if (kind === 'tool' && !hasArguments) return [{ type: 'tool-arguments', index, json: '{}' }, stopped]
    if (seal === '') return [stopped]
    return [{ type: 'seal', index, seal: { origin: 'anthropic', value: seal } }, stopped]
  }

  /** Begins the block that a piece belongs to, where nothing else has. */
  function ensure(
    source: unknown,
    kind: OpenBlock['kind'],
    head: (index: number) => Delta,
  ): readonly Delta[] {
    return open?.source === source && open?.kind === kind ? [] : begin(source, kind, head)
  }

  function text(source: unknown, piece: string): readonly Delta[] {
    const started = ensure(source, 'text', (index) => ({ type: 'text-start', index }))
    return piece === '' ? started : [...started, { type: 'text', index: indexOf(open), text: piece }]
  }

  function reason(
    source: unknown,
    { text: piece, signature, redactedContent }: JsonObject,
  ): readonly Delta[] {
    const isRedacted = typeof redactedContent === 'string'
    const started = ensure(source, 'thinking', (index) => ({
      type: 'thinking-start',
      index,
      ...(isRedacted ? { redacted: true } : {}),
    }))
    if (open !== undefined && isRedacted) open.seal += redactedContent
    if (open !== undefined && typeof signature === 'string') open.seal += signature
    if (typeof piece !== 'string' || piece === '') return started
    return [...started, { type: 'thinking', index: indexOf(open), text: piece }]
  }

  function tool(source: unknown, { input }: JsonObject): readonly Delta[] {
    // Without its start nobody knows which tool is called.
    if (open?.source !== source || open?.kind !== 'tool') return []
    if (typeof input !== 'string' || input === '') return []
    open.hasArguments = true
    return [{ type: 'tool-arguments', index: open.index, json: input }]
  }

  function cite(source: unknown, { location, title }: JsonObject): readonly Delta[] {
    const web = isJsonObject(location) ? location.web : undefined
    if (!isJsonObject(web) || typeof web.url !== 'string') return []
    const started = ensure(source, 'text', (index) => ({ type: 'text-start', index }))
    const named = typeof title === 'string' ? { title } : {}
    return [...started, { type: 'citation', index: indexOf(open), url: web.url, ...named }]
  }

  return {
    start(source, start) {
      const call = isJsonObject(start) ? start.toolUse : undefined
      // The provider's own tools run there, and their calls are nobody's to answer.
      if (!isJsonObject(call) || call.type === 'server_tool_use') return []
      const { toolUseId, name } = call
      return begin(source, 'tool', (index) => ({
        type: 'tool-start',
        index,
        id: String(toolUseId),
        name: String(name),
      }))
    },
    delta(source, delta) {
      if (!isJsonObject(delta)) return []
      if (typeof delta.text === 'string') return text(source, delta.text)
      if (isJsonObject(delta.toolUse)) return tool(source, delta.toolUse)
      if (isJsonObject(delta.reasoningContent)) return reason(source, delta.reasoningContent)
      return isJsonObject(delta.citation) ? cite(source, delta.citation) : []
    },
    stop,
  }
}

function indexOf(open: OpenBlock | undefined): number {
  return open?.index ?? 0
}
