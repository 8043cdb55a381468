import Anthropic from '@anthropic-ai/sdk'
import { runTool } from './script.ts'

export interface ClaudeCodeOptions {
  /** Without the version. */
  readonly url: string
  readonly token: string
  readonly model: string
  /** Bytes of the instructions, and of the file that the user shows first. */
  readonly bytes?: { readonly instructions: number; readonly file: number }
  readonly maxRetries?: number
  /** More of the betas that the client names. */
  readonly betas?: readonly string[]
}

const uuid = '0198c0de-0000-7000-8000-000000000000'
const betas = [
  'claude-code-20250219',
  'interleaved-thinking-2025-05-14',
  'context-management-2025-06-27',
  'prompt-caching-scope-2026-01-05',
  'extended-cache-ttl-2025-04-11',
]

/** Text that no compression makes shorter for a tokenizer, of about so many bytes. */
export function longText(bytes: number): string {
  const lines: string[] = []
  for (let at = 0, length = 0; length < bytes; at += 1) {
    const line = `${at}: const value${at} = call("ü", ${at * 7919});`
    lines.push(line)
    length += line.length + 2
  }
  return lines.join('\n')
}

const text = (value: string) => ({ type: 'text' as const, text: value })
const hour = { cache_control: { type: 'ephemeral' as const, ttl: '1h' as const } }
const minutes = { cache_control: { type: 'ephemeral' as const } }

/** The same JSON with numbers and escapes that come out otherwise where it is parsed and written anew. */
export function writtenOtherwise(body: string): string {
  return body.replaceAll(':600000', ':6.0e5').replaceAll('/bin', '\\/bin')
}

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  properties: { command: { type: 'string' }, timeout: { type: 'number', maximum: 600_000 } },
  required: ['command'],
  additionalProperties: false,
}

/** What Claude Code sends with each turn, the mark on its last message among it. */
function requestOf(model: string, instructions: string, messages: readonly Anthropic.MessageParam[]) {
  const blocks = messages.at(-1)?.content as Anthropic.ContentBlockParam[]
  const content = blocks.map((block, at) => (at === blocks.length - 1 ? { ...block, ...minutes } : block))
  return {
    model,
    messages: [
      ...messages.slice(0, -1),
      { role: 'user' as const, content: content as Anthropic.ContentBlockParam[] },
    ],
    system: [
      text('x-anthropic-billing-header: cc_version=2.1.185; cc_entrypoint=cli;'),
      { ...text("You are Claude Code, Anthropic's official CLI for Claude."), ...hour },
      { ...text(instructions), ...hour },
    ],
    tools: ['Bash', 'Read'].map((name) => ({
      name,
      description: `Runs ${name} in /bin/sh.`,
      input_schema: schema,
    })),
    metadata: { user_id: `user_${'ab'.repeat(32)}_account_${uuid}_session_${uuid}` },
    max_tokens: 32_000,
    thinking: { type: 'enabled' as const, budget_tokens: 31_999 },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  }
}

/** A session as Claude Code has one: its history, and the bytes of every request. */
export function startClaudeCode(options: ClaudeCodeOptions) {
  const { url, token, model, maxRetries = 0 } = options
  const { instructions = 24_000, file = 6000 } = options.bytes ?? {}
  const sent: string[] = []
  const client = new Anthropic({
    baseURL: url,
    authToken: token,
    apiKey: null,
    maxRetries,
    defaultHeaders: {
      'user-agent': 'claude-cli/2.1.185 (external, cli)',
      'x-app': 'cli',
      'x-claude-code-session-id': uuid,
      'anthropic-dangerous-direct-browser-access': 'true',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': [...betas, ...(options.betas ?? [])].join(','),
    },
    // What the client's own version of the kit adds.
    defaultQuery: { beta: 'true' },
    fetch: (address, init) => {
      if (init?.method !== 'POST') return fetch(address, init)
      const body = writtenOtherwise(String(init.body))
      sent.push(body)
      return fetch(address, { ...init, body })
    },
  })
  const messages: Anthropic.MessageParam[] = [
    { role: 'user', content: [text(`<system-reminder>\n${longText(file)}\n</system-reminder>`)] },
  ]
  const rules = longText(instructions)
  const request = () => requestOf(model, rules, messages)
  const stream = (signal?: AbortSignal) => client.messages.stream(request(), signal ? { signal } : {})
  return {
    client,
    sent,
    messages,
    request,
    stream,
    say(words: string): void {
      const last = messages.at(-1)
      if (last?.role === 'user') (last.content as Anthropic.ContentBlockParam[]).push(text(words))
      else messages.push({ role: 'user', content: [text(words)] })
    },
    /** One turn; what its tools gave back is the next thing to be said. */
    async turn(): Promise<Anthropic.Message> {
      const answer = await stream().finalMessage()
      messages.push({ role: 'assistant', content: answer.content })
      const results = answer.content
        .filter((block) => block.type === 'tool_use')
        .map(({ id, name, input }) => ({
          type: 'tool_result' as const,
          tool_use_id: id,
          content: [text(runTool(name, input))],
        }))
      if (results.length > 0) messages.push({ role: 'user', content: results })
      return answer
    },
  }
}
