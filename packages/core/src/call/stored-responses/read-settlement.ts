import type { JsonObject } from '../../dialects/json.ts'
import type { ResponseRecord, RunRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import type { Settlement } from '../settle.ts'
import { withItems } from './answer-items.ts'
import type { AnswerKeeper, Keeping } from './answer-keeper.ts'
import { concludeRun } from './conclude-run.ts'
import { learnItems } from './learn-items.ts'
import type { StoredAction } from './provider-request.ts'
import { settleRun } from './settle-run.ts'

export interface ReadOptions {
  readonly record: ResponseRecord
  readonly run: RunRecord | undefined
  readonly action: StoredAction
}

/**
 * Learns from what a provider says of a response that a run is over, which items it has, or that the response is gone.
 * Items of its input are not learnt: a client chooses the ids of those that it sends.
 */
export function createReadKeeper(services: CallServices, { record, run, action }: ReadOptions): AnswerKeeper {
  const { responses, logger } = services
  const forget = async () => {
    try {
      await responses.forget(record)
    } catch (error) {
      // Its provider does not know it any more, and says so to whoever asks.
      logger.warn({ response: record.id, error }, 'A deleted response could not be forgotten.')
    }
    return undefined
  }
  return {
    keep(answer: JsonObject) {
      if (action === 'delete') return answer.deleted === true ? forget() : undefined
      if (action === 'list-input') return undefined
      // First, so that what a settlement writes of it is written last.
      const learnt = learnItems(services, record, answer)
      if (run) concludeRun(services, withItems(run, answer), answer)
      return learnt
    },
  }
}

/**
 * A stream that is taken up again to its end tells its items, and settles its run; one that is not leaves that to
 * whoever sees the end.
 *
 * @param free Settles what costs nothing.
 */
export function followRead(
  services: CallServices,
  { record, run }: Omit<ReadOptions, 'action'>,
  free: Settlement,
): Keeping {
  let known = run
  const finish = (response: JsonObject) => {
    known = known && withItems(known, response)
    return learnItems(services, record, response)
  }
  return {
    keeper: { keep: () => undefined, ...(record.credential.kind === 'managed' && { finish }) },
    settlement: {
      ...free,
      charge(usage, status) {
        const charge = free.charge(usage, status)
        return known && status === 'succeeded' && usage.source !== 'estimated'
          ? settleRun(services, known, { usage, status })
          : charge
      },
    },
  }
}
