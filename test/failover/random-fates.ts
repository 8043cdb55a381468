import { type Answer, destroy, json, rateLimited, stream, text } from '../upstream/answer.ts'

/** What a provider does with one call. */
export type Fate = 'answers' | 'fails' | 'breaks off'

export interface Chosen {
  readonly fate: Fate
  readonly answer: Answer
}

const event = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const usage = { prompt_tokens: 10, completion_tokens: 20 }
const end = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`
const failure = (type: string) => ({ error: { message: 'No.', type, code: null } })

const answers = (streams: boolean): Answer =>
  streams
    ? stream([event('one'), event('two'), end])
    : json(200, { choices: [{ index: 0, message: { role: 'assistant', content: 'one' } }], usage })

const failures: readonly ((streams: boolean) => Answer)[] = [
  () => destroy,
  () => json(500, failure('server_error')),
  () => text(503, '<h1>Down</h1>'),
  () => json(529, failure('overloaded_error')),
  () => rateLimited(60_000),
  () => json(401, failure('authentication_error')),
  () => text(200, '<h1>Welcome</h1>'),
  (streams) => (streams ? stream([], { cutAfter: 0 }) : json(200, { choices: [], usage }, { cutAfter: 9 })),
  (streams) => (streams ? stream([`data: ${JSON.stringify(failure('overloaded_error'))}\n\n`]) : destroy),
]

/** Always the same for one call, one provider and one seed. */
export function fateOf(
  call: number,
  provider: number,
  { seed, streams }: { seed: number; streams: boolean },
): Chosen {
  const [kind, which] = [draw(seed, call, provider), draw(seed + 1, call, provider)]
  if (kind < 0.5) return { fate: 'answers', answer: answers(streams) }
  if (streams && kind < 0.55)
    return { fate: 'breaks off', answer: stream([event('some words'), end], { cutAfter: 1 }) }
  const fail = failures[Math.floor(which * failures.length)] as (typeof failures)[number]
  return { fate: 'fails', answer: fail(streams) }
}

/** From 0 to 1: a hash of three numbers (the finaliser of MurmurHash3, by Austin Appleby, public domain). */
function draw(...numbers: readonly number[]): number {
  let hash = 0
  for (const number of numbers) {
    hash = Math.imul(hash ^ (number + 0x9e3779b9), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return (hash >>> 0) / 2 ** 32
}
