import { frameLines, recordedFiles, recordedLines, recording, type WireDialect } from '../upstream/wire.ts'
import { readAnthropic } from './read-anthropic.ts'
import { readChat } from './read-chat.ts'
import { readGemini } from './read-gemini.ts'
import { readResponses } from './read-responses.ts'
import type { Reading } from './reading.ts'

export type Event = Readonly<Record<string, unknown>>

/** One recorded answer, and what it says by an eye that knows nothing of the gateway. */
export interface RecordedAnswer {
  /** The file, and which of its answers. */
  readonly name: string
  readonly dialect: WireDialect
  /** Wire text, one event each. */
  readonly pieces: readonly string[]
  readonly reading: Reading
}

const readers: Readonly<Record<WireDialect, (events: readonly Event[]) => Reading>> = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  'anthropic-messages': readAnthropic,
  'google-gemini': readGemini,
}

/** What ends an answer, so that another may follow in the same file. */
const ends = new Set<unknown>([
  'message_stop',
  'response.completed',
  'response.incomplete',
  'response.failed',
])

/** Every answer of the folder: whatever is put there is read like the rest. */
export const recordedAnswers: readonly RecordedAnswer[] = recordedFiles().flatMap((file) => {
  const { dialect } = recording(file)
  const answers = split(linesOf(file).map(mended))
  return answers.map((lines, index) => ({
    name: answers.length === 1 ? file : `${file} ${index + 1}`,
    dialect,
    pieces: frameLines(lines, dialect),
    reading: readers[dialect](lines.map((line) => JSON.parse(line))),
  }))
})

/** Real streams have frames around their lines already. */
function linesOf(file: string): readonly string[] {
  const lines = recordedLines(file)
  if (!file.endsWith('.sse')) return lines
  const data = lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim())
  return data.filter((line) => line !== '[DONE]')
}

/** Lines that lost their last brace when they were recorded. */
function mended(line: string): string {
  try {
    JSON.parse(line)
    return line
  } catch {
    return `${line}}`
  }
}

function split(lines: readonly string[]): readonly (readonly string[])[] {
  const answers: string[][] = [[]]
  let isOver = false
  for (const line of lines) {
    const { type } = JSON.parse(line)
    // Pings may follow an answer; what begins another one is its start.
    if (isOver && (type === 'message_start' || type === 'response.created')) answers.push([])
    isOver = ends.has(type)
    answers.at(-1)?.push(line)
  }
  return answers
}
