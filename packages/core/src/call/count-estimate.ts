import { estimateTokens } from '../billing/estimate.ts'
import { toWire } from '../bytes/wire-text.ts'
import { countDelta } from '../dialects/counting/counting-dialects.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { answerJson, idHeaders } from './answer.ts'
import type { Envelope } from './envelope.ts'

interface Counted {
  readonly id: string
  readonly dialect: Dialect
  readonly envelope: Envelope
}

/** Answers a question for tokens where the provider counts none: by the request's size, and says so. */
export function answerEstimate(exchange: Exchange, { id, dialect, envelope }: Counted): void {
  const tokens = estimateTokens(envelope.members.body.length)
  const context = {
    requestId: id,
    model: envelope.model,
    created: 0,
    includeUsage: true,
    request: () => ({}),
  }
  const answer = dialect.renderAnswer?.([countDelta(tokens)], context)
  const headers = { ...idHeaders(id), 'tollgate-estimated': 'true' }
  answerJson(exchange.sink, { status: 200, headers, body: toWire(JSON.stringify(answer)) })
}
