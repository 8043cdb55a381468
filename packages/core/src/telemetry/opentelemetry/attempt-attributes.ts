import type { Attributes } from '@opentelemetry/api'
import type { EndedAttempt, ServerAddress } from '../telemetry.ts'
import { errorType, operationName, providerName } from './conventions.ts'

/** What a span tells of one attempt, by the conventions for generative AI. No prompt and no answer is in it. */
export function attemptAttributes(attempt: EndedAttempt): Attributes {
  const { event, server } = attempt
  return {
    'gen_ai.operation.name': operationName(event.upstreamDialect),
    'gen_ai.provider.name': providerName(event.provider),
    'gen_ai.request.model': event.upstreamModel,
    ...(event.streaming && { 'gen_ai.request.stream': true }),
    ...(event.served && answerAttributes(attempt)),
    ...serverAttributes(server),
    ...errorAttributes(attempt),
    'tollgate.attempt.number': event.attemptNumber,
    'tollgate.attempt.verdict': event.verdict,
    'tollgate.credential': event.credential,
    'tollgate.upstream_dialect': event.upstreamDialect,
  }
}

function answerAttributes({ event }: EndedAttempt): Attributes {
  const { timeToFirstTokenMs: firstToken, stopReason } = event
  return {
    'gen_ai.response.model': event.model,
    ...(stopReason !== undefined && { 'gen_ai.response.finish_reasons': [stopReason] }),
    ...(firstToken !== undefined && { 'gen_ai.response.time_to_first_chunk': firstToken / 1000 }),
    'gen_ai.usage.input_tokens': event.inputTokens,
    'gen_ai.usage.output_tokens': event.outputTokens,
    ...(event.cacheReadTokens > 0 && { 'gen_ai.usage.cache_read.input_tokens': event.cacheReadTokens }),
    ...(event.cacheWriteTokens > 0 && { 'gen_ai.usage.cache_write.input_tokens': event.cacheWriteTokens }),
    ...(event.reasoningTokens > 0 && { 'gen_ai.usage.reasoning.output_tokens': event.reasoningTokens }),
    'tollgate.usage.estimated': event.usageEstimated,
  }
}

export function serverAttributes(server: ServerAddress | undefined): Attributes {
  return server ? { 'server.address': server.address, 'server.port': server.port } : {}
}

function errorAttributes(attempt: EndedAttempt): Attributes {
  const type = errorType(attempt)
  const { statusCode } = attempt.event
  return {
    ...(statusCode > 0 && { 'http.response.status_code': statusCode }),
    ...(type !== undefined && { 'error.type': type }),
  }
}
