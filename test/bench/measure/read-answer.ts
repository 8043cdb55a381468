import { tokens, word } from '../recorded/answer-facts.ts'
import type { DialectName } from '../recorded/recorded-stream.ts'

/** An event of any dialect, as deep as it is looked into. */
interface Event {
  readonly type?: string
  readonly delta?: string | { readonly text?: string }
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[]
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly { readonly text?: string }[] }
  }[]
}

interface Reading {
  text(event: Event): string | undefined
  /** Stands in the last frames of an answer that is whole. */
  readonly end: string
  /** How the dialect counts the answer's output. */
  readonly output: string
}

const readings: Readonly<Record<DialectName, Reading>> = {
  chat: {
    text: ({ choices }) => choices?.[0]?.delta?.content,
    end: 'data: [DONE]',
    output: `"completion_tokens":${tokens.output}`,
  },
  responses: {
    text: ({ type, delta }) =>
      type === 'response.output_text.delta' && typeof delta === 'string' ? delta : undefined,
    end: '"type":"response.completed"',
    output: `"output_tokens":${tokens.output}`,
  },
  messages: {
    text: ({ delta }) => (typeof delta === 'object' ? delta.text : undefined),
    end: '"type":"message_stop"',
    output: `"output_tokens":${tokens.output}`,
  },
  gemini: {
    text: ({ candidates }) => candidates?.[0]?.content?.parts?.map(({ text }) => text).join(''),
    end: '"finishReason":"STOP"',
    output: `"candidatesTokenCount":${tokens.output}`,
  },
}

/**
 * What is wrong with a stream as its client reads it; undefined when nothing is. It must say every word in a delta of
 * its own, name its usage and end.
 */
export function readAnswer(dialect: DialectName, words: number, body: string): string | undefined {
  const { text, end, output } = readings[dialect]
  const said = eventsOf(body).map(text).filter(Boolean)
  if (said.length !== words || said.some((piece) => piece !== word))
    return `${said.length} deltas of text in place of ${words}: ${body.slice(0, 200)}`
  if (!body.includes(output)) return `no ${output}`
  return body.slice(body.lastIndexOf('data:')).includes(end) ? undefined : `no ${end} at the end`
}

function eventsOf(body: string): Event[] {
  const lines = body.split(/\r?\n/).filter((line) => line.startsWith('data: {'))
  return lines.map((line) => JSON.parse(line.slice('data: '.length)))
}
