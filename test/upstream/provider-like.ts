import { randomUUID } from 'node:crypto'
import { answerAs } from '../../packages/core/src/providers/sandbox/sandbox.ts'
import { isSandboxModel } from '../../packages/core/src/providers/sandbox/sandbox-models.ts'
import { type Answer, hang, json, stream } from './answer.ts'
import { geminiLike } from './gemini-like.ts'
import type { RecordedCall } from './upstream.ts'

/**
 * The default script: a provider that speaks every dialect by its path. A model of the sandbox's name does
 * what it does there; any other model, `gpt-4o` for instance, echoes under its own name.
 */
export function providerLike(call: RecordedCall): Answer {
  if (call.method === 'GET' && /\/models\/?$/.test(call.path)) return json(200, modelList)
  const gemini = geminiLike(call)
  if (gemini) return gemini
  const { model, input, messages } = readMembers(call)
  const isEmbedding = messages === undefined && input !== undefined && /\/embeddings$/.test(call.path)
  const answer = answerAs(isSandboxModel(model) ? model : isEmbedding ? 'embed' : 'echo', {
    path: call.path,
    body: call.body.toString(),
    id: randomUUID().replaceAll('-', ''),
    created: Math.trunc(Date.now() / 1000),
  })
  if (answer.kind === 'stall') return hang
  const { status, chunks, ending } = answer
  const requestId = `req_${randomUUID()}`
  const headers = { ...answer.headers, 'x-request-id': requestId, 'request-id': requestId }
  const events = [...chunks]
  if (ending === 'cut') return stream(events, { status, headers, cutAfter: events.length })
  if (/event-stream/.test(answer.headers['content-type'] ?? '')) return stream(events, { status, headers })
  return json(status, events.join(''), { headers })
}

const modelList = {
  object: 'list',
  data: ['gpt-4o', 'claude-sonnet-4-5'].map((id) => ({ id, object: 'model', created: 0, owned_by: 'test' })),
}

function readMembers(call: RecordedCall): Record<string, unknown> {
  try {
    return call.json()
  } catch {
    return {}
  }
}
