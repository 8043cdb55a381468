import { WebSocket } from 'ws'
import { createTextSplitter } from '../../packages/core/src/dialects/sse.ts'
import { longText, writtenOtherwise } from './claude-code-client.ts'
import { runTool } from './script.ts'
import type { Members } from './strict.ts'

export interface CodexOptions {
  /** Without the version. */
  readonly url: string
  readonly token: string
  readonly model: string
  readonly transport: 'http' | 'socket'
  /** Bytes of the instructions, and of the file that the user shows first. */
  readonly bytes?: { readonly instructions: number; readonly file: number }
}

/** The events of an answer; `status` where it was refused. */
export interface CodexAnswer {
  readonly status: number
  readonly events: readonly Members[]
}

const uuid = '0198c0de-0000-7000-8000-000000000000'
const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  originator: 'codex_cli_rs',
  'user-agent': 'codex_cli_rs/0.152.0 (Debian 13.0.0; x86_64) xterm-256color',
  'session-id': uuid,
  'thread-id': uuid,
  'x-client-request-id': uuid,
  'x-codex-turn-metadata': '{"turn_id":"1"}',
  'x-codex-beta-features': 'remote_compaction_v2',
})

const shell = {
  type: 'function',
  name: 'shell_command',
  description: 'Runs a command in /bin/sh and returns its output.',
  strict: false,
  parameters: {
    type: 'object',
    properties: { command: { type: 'string' }, timeout_ms: { type: 'number', maximum: 600_000 } },
    required: ['command'],
    additionalProperties: false,
  },
}
/** A tool that takes free text. */
export const applyPatch = {
  type: 'custom',
  name: 'apply_patch',
  description:
    'Use the `apply_patch` tool to edit files. This is a FREEFORM tool, so do not wrap the patch in JSON.',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: begin_patch hunk+ end_patch' },
}

export const said = (role: string, text: string): Members => ({
  type: 'message',
  role,
  content: [{ type: 'input_text', text }],
})

export type Codex = Awaited<ReturnType<typeof startCodex>>

/** A session as Codex has one. */
export async function startCodex({ url, token, model, transport, bytes }: CodexOptions) {
  const { instructions = 24_000, file = 6000 } = bytes ?? {}
  const input: Members[] = [
    said('developer', 'Approvals: never.'),
    said('user', `<environment_context>\n${longText(file)}\n</environment_context>`),
  ]
  const rules = longText(instructions)
  const sent: string[] = []
  const wire = transport === 'http' ? posting(url, token) : await connected(url, token)
  /** What the last answer went on from, with it. */
  let known: { readonly id: string; readonly items: number } | undefined
  const request = () => ({
    model,
    instructions: rules,
    input: [...input],
    tools: [shell, applyPatch],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    reasoning: { effort: 'medium', summary: 'auto' },
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: uuid,
    text: { verbosity: 'low' },
    client_metadata: { 'x-codex-installation-id': uuid },
  })
  async function ask(more: Members = {}): Promise<CodexAnswer> {
    const whole = request()
    const goesOn = transport === 'socket' && known !== undefined
    const shorter = goesOn ? { previous_response_id: known?.id, input: input.slice(known?.items) } : {}
    const text = writtenOtherwise(JSON.stringify({ ...whole, ...shorter, ...more }))
    sent.push(text)
    const answer = await wire.send(text)
    const response = answer.events.findLast(({ type }) => type === 'response.completed')?.response as Members
    const items = itemsOf(answer)
    known = response ? { id: String(response.id), items: input.length + items.length } : undefined
    input.push(...items)
    return answer
  }
  return {
    transport,
    input,
    sent,
    request,
    ask,
    close: wire.close,
    /** Says what will be asked for, as it does while the user still writes. */
    warmUp: () => ask({ generate: false }),
    say: (words: string) => void input.push(said('user', words)),
    /** One turn; what its tools gave back is the next thing to be said. Resolves to the usage. */
    async turn(): Promise<Members> {
      const answer = await ask()
      const completed = answer.events.find(({ type }) => type === 'response.completed')
      if (!completed) throw new Error(JSON.stringify(answer))
      const calls = itemsOf(answer).filter(({ type }) => type === 'function_call')
      for (const { call_id, name } of calls)
        input.push({ type: 'function_call_output', call_id, output: runTool(String(name), {}) })
      return (completed.response as { usage: Members }).usage
    },
  }
}

/** It takes items from these events alone. */
const itemsOf = ({ events }: CodexAnswer) =>
  events.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item as Members] : []))

interface Wire {
  send(text: string): Promise<CodexAnswer>
  close(): void
}

function posting(url: string, token: string): Wire {
  return {
    async send(body) {
      const headers = { ...headersOf(token), accept: 'text/event-stream', 'content-type': 'application/json' }
      const response = await fetch(`${url}/v1/responses`, { method: 'POST', headers, body })
      const text = await response.text()
      if (!response.ok) return { status: response.status, events: [JSON.parse(text)] }
      const events = createTextSplitter()
        .push(text)
        .map(({ data }) => JSON.parse(data) as Members)
      return { status: 200, events }
    },
    close() {},
  }
}

const ends = ['response.completed', 'response.failed', 'response.incomplete']

async function connected(url: string, token: string): Promise<Wire> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
    headers: { ...headersOf(token), 'openai-beta': 'responses_websockets=2026-02-06' },
  })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return {
    send: (text) =>
      new Promise((resolve, reject) => {
        const events: Members[] = []
        const take = (data: unknown) => {
          const event = JSON.parse(String(data)) as Members
          events.push(event)
          // A refusal is an error with the status that it would have had.
          const isRefused = event.type === 'error' && typeof event.status === 'number'
          if (!isRefused && !ends.includes(String(event.type))) return
          socket.off('message', take)
          resolve({ status: isRefused ? Number(event.status) : 200, events })
        }
        socket.on('message', take).once('close', () => reject(new Error('The socket closed.')))
        socket.send(`{"type":"response.create",${text.slice(1)}`)
      }),
    close: () => socket.terminate(),
  }
}
