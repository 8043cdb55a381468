import { describe, expect, test } from 'vitest'
import { bodyOf } from '../../bytes/body-bytes.ts'
import { scanMembers } from '../json-members.ts'
import { conversationKey } from './conversation-key.ts'

interface Request {
  readonly body: object | string
  readonly headers?: Record<string, string>
  readonly account?: string
  readonly model?: string
}

function keyOf({ body, headers = {}, account = 'acme', model = 'fast' }: Request): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  // In pieces, as bodies come.
  const bytes = Buffer.from(text)
  const pieces = [bytes.subarray(0, 100), bytes.subarray(100)].filter(({ length }) => length > 0)
  return conversationKey({ account, model, headers, members: scanMembers(bodyOf(pieces)) })
}

const user = (content: unknown) => ({ role: 'user', content })
const assistant = { role: 'assistant', content: 'Hello.' }

describe('a conversation that has a name', () => {
  const body = { messages: [user('hi')] }
  const named: readonly (readonly [string, (name: string, question: string) => Request])[] = [
    ['prompt_cache_key', (name, q) => ({ body: { prompt_cache_key: name, messages: [user(q)] } })],
    ['session_id', (name, q) => ({ body: { messages: [user(q)] }, headers: { session_id: name } })],
    ['x-session-id', (name, q) => ({ body: { messages: [user(q)] }, headers: { 'x-session-id': name } })],
    ['metadata.user_id', (name, q) => ({ body: { metadata: { user_id: name }, messages: [user(q)] } })],
    ['conversation', (name, q) => ({ body: { conversation: name, input: q } })],
    ['conversation.id', (name, q) => ({ body: { conversation: { id: name }, input: q } })],
    ['previous_response_id', (name, q) => ({ body: { previous_response_id: name, input: q } })],
  ]

  test.each(named)('by %s is known by it, whatever is said', (_, request) => {
    expect(keyOf(request('one', 'hi'))).toBe(keyOf(request('one', 'bye')))
    expect(keyOf(request('one', 'hi'))).not.toBe(keyOf(request('two', 'hi')))
  })

  test('goes by the first of its names', () => {
    const all = { ...body, prompt_cache_key: 'a', metadata: { user_id: 'b' } }
    const key = keyOf({ body: { ...body, prompt_cache_key: 'a' } })
    expect(keyOf({ body: all, headers: { session_id: 'c' } })).toBe(key)
    expect(keyOf({ body: { ...body, metadata: { user_id: 'b' } }, headers: { session_id: 'c' } })).toBe(
      keyOf({ body, headers: { session_id: 'c' } }),
    )
  })

  test('is another one for another account, and for another model', () => {
    const request = { body, headers: { session_id: 'one' } }
    expect(keyOf({ ...request, account: 'other' })).not.toBe(keyOf(request))
    expect(keyOf({ ...request, model: 'slow' })).not.toBe(keyOf(request))
    expect(keyOf(request)).toMatch(/^[\w-]{22}$/)
  })

  test('is not named by what is empty or no text', () => {
    const bare = keyOf({ body })
    for (const prompt_cache_key of ['', null, 7, ['a']]) {
      expect(keyOf({ body: { ...body, prompt_cache_key } })).toBe(bare)
    }
    expect(keyOf({ body: { ...body, metadata: { user_id: null } } })).toBe(bare)
  })
})

describe('a conversation without a name', () => {
  test.each([
    ['messages', [user('what is a toll?')]],
    ['messages', [{ role: 'system', content: 'Be brief.' }, user('what is a toll?')]],
    ['input', [{ role: 'developer', content: 'Be brief.' }, user([{ type: 'input_text', text: '"],[' }])]],
    ['contents', [{ parts: [{ text: 'a " ]} quote, and at its end \\' }] }]],
  ])('is known in %s by how it begins', (name, opening) => {
    const first = keyOf({ body: { [name]: opening } })
    const later = [...opening, assistant, user('and then?'), assistant, user('good')]
    expect(keyOf({ body: { [name]: later } })).toBe(first)
    expect(keyOf({ body: JSON.stringify({ [name]: later }, undefined, 2) })).toBe(
      keyOf({ body: JSON.stringify({ [name]: opening }, undefined, 2) }),
    )
    const other = [...opening.slice(0, -1), user('what else?')]
    expect(keyOf({ body: { [name]: other } })).not.toBe(first)
  })

  test('differs by its instructions', () => {
    const ask = (member: object) => keyOf({ body: { ...member, messages: [user('hi')] } })
    expect(
      new Set([ask({}), ask({ system: 'a' }), ask({ system: 'b' }), ask({ instructions: 'a' })]).size,
    ).toBe(4)
  })

  test('keeps its key when marks of its cache move along', () => {
    const text = (cached: boolean) =>
      user([{ type: 'text', text: 'hi', ...(cached && { cache_control: { type: 'ephemeral', ttl: '1h' } }) }])
    const first = keyOf({ body: { system: [{ type: 'text', text: 's' }], messages: [text(true)] } })
    const second = { system: [{ type: 'text', text: 's' }], messages: [text(false), assistant, text(true)] }
    expect(keyOf({ body: second })).toBe(first)
  })

  test('is known though its first message is larger than what is looked at', () => {
    const long = (end: string) => user('x'.repeat(200_000) + end)
    const first = keyOf({ body: { messages: [long('a')] } })
    expect(keyOf({ body: { messages: [long('b'), assistant, user('more')] } })).toBe(first)
    expect(keyOf({ body: { messages: [user('x'.repeat(1000))] } })).not.toBe(first)
  })

  test('that has no messages at all has a key', () => {
    expect(keyOf({ body: {} })).toBe(keyOf({ body: { temperature: 1 } }))
  })
})
