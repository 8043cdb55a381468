import type { JsonObject } from '../../dialects/json.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { isResponseId, type ResponseRecord } from '../../responses/response-record.ts'
import type { Call } from '../call.ts'
import type { CallServices } from '../services.ts'

/** What has to be done about an answer that its provider keeps, before the client has all of it. */
export interface AnswerKeeper {
  /**
   * @param response A whole answer, or what the first event of a stream holds.
   * @returns What the answer's end has to wait for: undefined, or why it must not be given.
   */
  keep(response: JsonObject): Promise<GatewayError | undefined> | undefined
}

/** What is known of a call when its answer may begin. */
export type KeptCall = Omit<Call, 'keeper'>

/**
 * Writes down whose an answer is. Should the store not take it, the answer is given all the same: its client has paid
 * for it, and can only not ask for it again.
 */
export function createAnswerKeeper(services: CallServices, call: KeptCall): AnswerKeeper {
  const { responses, unanswered, logger } = services
  const write = async (record: ResponseRecord) => {
    unanswered.enter()
    try {
      await responses.keep(record)
    } catch (error) {
      const fields = { requestId: call.id, response: record.id, error }
      logger.error(
        fields,
        'Whose a response is could not be written down; its client may not reach it again.',
      )
    } finally {
      unanswered.leave()
    }
    return undefined
  }
  return {
    keep(response) {
      const record = response.store === false ? undefined : recordOf(call, response)
      return record && write(record)
    },
  }
}

/** Undefined for what has no id that could be asked for. */
export function recordOf(call: KeptCall, { id }: JsonObject): ResponseRecord | undefined {
  if (!isResponseId(id)) return undefined
  const { principal, target, startedAt } = call
  const { kind, keyId } = target.credential
  return {
    id,
    account: principal.account,
    ...(principal.accessKeyId !== undefined && { accessKeyId: principal.accessKeyId }),
    provider: target.resolution.provider,
    model: target.resolution.upstreamId,
    credential: { kind, ...(keyId !== undefined && { keyId }) },
    createdAt: startedAt,
    call: call.id,
  }
}
