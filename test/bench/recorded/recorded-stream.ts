import { chatStream } from './chat-stream.ts'
import { geminiStream } from './gemini-stream.ts'
import { messagesStream } from './messages-stream.ts'
import { responsesStream } from './responses-stream.ts'

/** A provider's stream in one dialect, as recorded; every delta of its text is {@link word}. */
export interface RecordedStream {
  /** Before the first word; nothing in dialects that begin with it. */
  readonly opening: Buffer
  /** @param at How many words came before. */
  text(at: number): Buffer
  /** What follows so many words: reason, usage and the end. */
  closing(words: number, withUsage: boolean): Buffer
}

export type DialectName = 'chat' | 'responses' | 'messages' | 'gemini'

/** All of them tell the same answer with the same usage, so that it costs the same. */
export const recordedStreams: Readonly<Record<DialectName, RecordedStream>> = {
  chat: chatStream,
  responses: responsesStream,
  messages: messagesStream,
  gemini: geminiStream,
}

/** The dialect that a request's path asks for. */
export function dialectOf(path: string): DialectName {
  if (path.includes('/messages')) return 'messages'
  if (path.includes('/responses')) return 'responses'
  return path.includes(':streamGenerateContent') ? 'gemini' : 'chat'
}

/** Body bytes of a whole stream as its client should see it. */
export function streamBytes(dialect: DialectName, words: number, withUsage = true): number {
  const { opening, text, closing } = recordedStreams[dialect]
  let bytes = opening.length + closing(words, withUsage).length
  for (let at = 0; at < words; at++) bytes += text(at).length
  return bytes
}
