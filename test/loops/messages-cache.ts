import { demand, listAt, type Members, membersAt } from './strict.ts'

/** What a prompt consumed, in tokens of four bytes. */
export interface PromptUsage {
  readonly uncached: number
  readonly read: number
  readonly write5m: number
  readonly write1h: number
}

interface Block {
  /** As the model reads it: without its mark. */
  readonly text: string
  readonly ttl: string | undefined
}

/** Blocks that are looked back through, from each mark. */
const lookback = 20

/**
 * Anthropic's prompt cache: a prefix is written at each mark, and found again where every byte in front of the mark is
 * the same. It reads the order of members and of blocks as they came, so that a gateway which changes either, or any
 * byte of what it was given, finds nothing.
 *
 * @example
 * createMessagesCache().take({ tools, system, messages }) // { uncached: 12, read: 0, write5m: 900, write1h: 5000 }
 */
export function createMessagesCache() {
  const written = new Set<string>()
  return {
    take(body: Members): PromptUsage {
      const blocks = blocksOf(body)
      const marks = blocks.flatMap(({ ttl }, at) => (ttl === undefined ? [] : [at]))
      checkMarks(marks.map((at) => blocks[at]?.ttl))
      const prefixes = prefixesOf(blocks)
      const tokensTo = (at: number) => Math.floor(Buffer.byteLength(prefixes[at] ?? '') / 4)
      const found = marks.flatMap((mark) => {
        const near = Array.from({ length: lookback }, (_each, back) => mark - back)
        return near.find((at) => written.has(prefixes[at] ?? '-')) ?? []
      })
      const read = found.length === 0 ? 0 : tokensTo(Math.max(...found))
      const to = (ttl?: string) => tokensTo(marks.findLast((at) => !ttl || blocks[at]?.ttl === ttl) ?? -1)
      const hourly = Math.max(read, to('1h'))
      const last = Math.max(hourly, to())
      for (const mark of marks) written.add(prefixes[mark] as string)
      const all = tokensTo(blocks.length - 1)
      return { uncached: all - last, read, write5m: last - hourly, write1h: hourly - read }
    },
  }
}

function blocksOf({ tools = [], system = [], messages }: Members): readonly Block[] {
  const said = listAt(messages, 'messages').flatMap(({ role, content }) =>
    listed(content).map((block): Members => ({ role, ...block })),
  )
  return [...listAt(tools, 'tools'), ...listed(system), ...said].map(({ cache_control, ...block }) => ({
    text: JSON.stringify(block),
    ttl: cache_control === undefined ? undefined : ttlOf(membersAt(cache_control, 'cache_control'), block),
  }))
}

function listed(content: unknown): readonly Members[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listAt(content, 'content')
}

function ttlOf({ type, ttl = '5m' }: Members, block: Members): string {
  demand(type === 'ephemeral', `cache_control.type: ${String(type)}`)
  demand(ttl === '5m' || ttl === '1h', `cache_control.ttl: ${String(ttl)}`)
  demand(!String(block.type).includes('thinking'), 'cache_control cannot be set for thinking blocks')
  return ttl
}

function checkMarks(ttls: readonly (string | undefined)[]): void {
  demand(ttls.length <= 4, `A maximum of 4 blocks with cache_control may be provided. Found ${ttls.length}.`)
  demand(
    !ttls.slice(ttls.indexOf('5m')).includes('1h') || !ttls.includes('5m'),
    'a ttl of 1h after one of 5m',
  )
}

/** Everything up to each block, with it. */
function prefixesOf(blocks: readonly Block[]): readonly string[] {
  let prefix = ''
  return blocks.map(({ text }) => {
    prefix += text
    return prefix
  })
}

/** The usage that Messages reports at the beginning of an answer; what is known of lifetimes comes there alone. */
export function reportMessages({ uncached, read, write5m, write1h }: PromptUsage) {
  const prompt = {
    input_tokens: uncached,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: read,
  }
  return {
    ...prompt,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    service_tier: 'standard',
  }
}
