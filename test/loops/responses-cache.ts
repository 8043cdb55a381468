import type { Members } from './strict.ts'

/** What a prompt consumed, in tokens of four bytes. */
export interface ResponsesPrompt {
  readonly input: number
  readonly cached: number
}

/** Shorter prompts are not cached. */
const leastTokens = 1024
const stepTokens = 128

/**
 * OpenAI's prompt cache: of the prompts with the same key, the longest beginning that one of them shares with this one,
 * in steps of 128 tokens. The instructions come first, then the tools, then the items as they were sent.
 *
 * @example
 * createResponsesCache().take({ tools, instructions, input, prompt_cache_key }) // { input: 9000, cached: 8832 }
 */
export function createResponsesCache() {
  const seen = new Map<unknown, string[]>()
  return {
    take({ tools = [], instructions = '', input, prompt_cache_key: key }: Members): ResponsesPrompt {
      const items = Array.isArray(input) ? input : [input]
      // A breakpoint is no part of what the model reads.
      const texts = [tools, ...items].map((item) => JSON.stringify(item, withoutMarks))
      const prompt = [instructions, ...texts].join('\n')
      const before = seen.get(key) ?? []
      seen.set(key, [...before, prompt])
      const shared = Math.max(
        0,
        ...before.map((other) => tokensOf(prompt.slice(0, sharedLength(prompt, other)))),
      )
      const cached = shared < leastTokens ? 0 : shared - (shared % stepTokens)
      return { input: tokensOf(prompt), cached }
    },
  }
}

const withoutMarks = (name: string, value: unknown) =>
  name === 'prompt_cache_breakpoint' ? undefined : value

const tokensOf = (text: string) => Math.floor(Buffer.byteLength(text) / 4)

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  for (let at = 0; at < most; at += 1) if (one[at] !== other[at]) return at
  return most
}
