import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../../packages/core/src/dialects/conversation.ts'
import { isJsonObject } from '../../../packages/core/src/dialects/json.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import { parseRequest, renderRequest } from '../translation.ts'
import { drawConversation } from './conversations.ts'
import { canonical, factsOf } from './facts.ts'
import { holds } from './holds.ts'
import { sources } from './vocabularies.ts'

/** For each dialect a model that refuses nothing that its clients can say. */
const runs = 300

/** Through JSON, as it is on the wire, and with what Gemini has in its path. */
function rendered(dialect: WireDialect, conversation: Conversation, model: string) {
  const { body, warnings, answer } = renderRequest(dialect, conversation, { model })
  const inPath = dialect === 'google-gemini' ? { model, stream: conversation.stream } : {}
  const wire: unknown = JSON.parse(JSON.stringify({ ...body, ...inPath }))
  if (!isJsonObject(wire)) throw new Error('This is no body.')
  return { body: wire, warnings, toolNames: answer?.toolNames }
}

function plain({ extensions, ...members }: Conversation): unknown {
  return { ...members, extensions: Object.fromEntries(extensions) }
}

/** Of one dialect the facts are the same without a remainder. */
function said(conversation: Conversation, toolNames?: ReadonlyMap<string, string>): string[] {
  return factsOf(conversation, toolNames)
    .map(({ kind, value }) => `${kind}: ${value}`)
    .sort()
}

describe.each(sources)('$dialect for $model', ({ dialect, model, words }) => {
  test('what a client says is said again, and nobody is warned', () => {
    holds(drawConversation(dialect, words), runs, (conversation) => {
      const { body, warnings, toolNames } = rendered(dialect, conversation, model)
      expect(warnings).toEqual([])
      expect(said(parseRequest(dialect, body), toolNames)).toEqual(said(conversation))
    })
  })

  test('a body comes back as it is, and so does its conversation', () => {
    holds(drawConversation(dialect, words), runs, (conversation) => {
      const { body } = rendered(dialect, conversation, model)
      const parsed = parseRequest(dialect, body)
      const again = rendered(dialect, parsed, model)
      expect(canonical(again.body)).toBe(canonical(body))
      expect(plain(parseRequest(dialect, again.body))).toEqual(plain(parsed))
    })
  })
})
