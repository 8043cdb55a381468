import type { JsonObject } from '../../dialects/json.ts'
import type { ResponseRecord, RunRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import type { Settlement } from '../settle.ts'
import type { AnswerKeeper } from './answer-keeper.ts'
import { concludeRun } from './conclude-run.ts'
import type { StoredAction } from './provider-request.ts'
import { settleRun } from './settle-run.ts'

export interface ReadOptions {
  readonly record: ResponseRecord
  readonly run: RunRecord | undefined
  readonly action: StoredAction
}

/** Learns from what a provider says of a response that a run is over, or that the response is gone. */
export function createReadKeeper(services: CallServices, { record, run, action }: ReadOptions): AnswerKeeper {
  const { responses, logger } = services
  const forget = async () => {
    try {
      await responses.forget(record.account, record.id)
    } catch (error) {
      // Its provider does not know it any more, and says so to whoever asks.
      logger.warn({ response: record.id, error }, 'A deleted response could not be forgotten.')
    }
    return undefined
  }
  return {
    keep(answer: JsonObject) {
      if (action === 'delete') return answer.deleted === true ? forget() : undefined
      if (run && action !== 'list-input') concludeRun(services, run, answer)
      return undefined
    },
  }
}

/** A stream that is taken up again to its end settles its run; one that is not leaves that to whoever sees the end. */
export function createReadSettlement(services: CallServices, run: RunRecord, free: Settlement): Settlement {
  return {
    ...free,
    charge(usage, status) {
      const charge = free.charge(usage, status)
      return status === 'succeeded' && usage.source !== 'estimated'
        ? settleRun(services, run, { usage, status })
        : charge
    },
  }
}
