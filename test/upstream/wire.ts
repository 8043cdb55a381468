import { readdirSync, readFileSync } from 'node:fs'

/** The wire formats of the recordings. */
export type WireDialect = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'google-gemini'

export interface Recording {
  /** Below the folder of recordings: `openai/openai-text.chunks.txt`. */
  readonly file: string
  readonly dialect: WireDialect
  /** Wire text, one event each, ready for `stream()`. The JSON is byte for byte the recorded one. */
  readonly events: readonly string[]
}

const folder = new URL('../fixtures/provider-streams/', import.meta.url)

/** The files of all recorded streams, in order. */
export function recordedFiles(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt') || file.endsWith('.sse'))
    .sort()
}

/** The recorded JSON texts of one stream, one an event, without framing. */
export function recordedLines(file: string): readonly string[] {
  return readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean)
}

/**
 * One recorded stream as its provider framed it.
 *
 * @example
 * const { dialect, events } = recording('openai/openai-text.chunks.txt')
 * await startUpstream(stream(events, { framing: 'crlf', split: 'byte' }))
 */
export function recording(file: string): Recording {
  if (file.endsWith('.sse')) return { file, dialect: 'openai-chat', events: splitEvents(file) }
  const lines = recordedLines(file)
  const dialect = dialectOf(lines[0] ?? '')
  return { file, dialect, events: frameLines(lines, dialect) }
}

/** Wraps JSON texts in the frames of a dialect, the closing one included. */
export function frameLines(lines: readonly string[], dialect: WireDialect): readonly string[] {
  if (dialect === 'google-gemini') return lines.map((line) => `data: ${line}\n\n`)
  if (dialect === 'openai-chat') return [...lines, '[DONE]'].map((line) => `data: ${line}\n\n`)
  return lines.map((line) => `event: ${typeOf(line)}\ndata: ${line}\n\n`)
}

function splitEvents(file: string): readonly string[] {
  return readFileSync(new URL(file, folder), 'utf8').match(/[\s\S]+?(?:\n\n|$)/g) ?? []
}

function dialectOf(line: string): WireDialect {
  const type = typeOf(line)
  if (type?.startsWith('response.')) return 'openai-responses'
  if (type === 'message_start') return 'anthropic-messages'
  // A prompt that is refused has no candidates.
  return /^\{"(candidates|promptFeedback|usageMetadata)"/.test(line) ? 'google-gemini' : 'openai-chat'
}

/** The top-level `type`, found without parsing where a line is malformed on purpose. */
function typeOf(line: string): string | undefined {
  try {
    return JSON.parse(line).type
  } catch {
    return /"type":\s*"([^"]+)"/.exec(line)?.[1]
  }
}
