import type { JsonObject } from '../../dialects/json.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { ownershipOf, type RunRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import type { Settlement } from '../settle.ts'
import { withItems } from './answer-items.ts'
import { type Keeping, type KeptCall, recordOf } from './answer-keeper.ts'
import { askProvider } from './ask-provider.ts'
import { concludeRun } from './conclude-run.ts'
import { learnItems } from './learn-items.ts'
import { settleRun } from './settle-run.ts'

const nothing = { modelCost: 0n, fee: 0n, total: 0n, rates: {} }

/**
 * From the moment that its provider has named it and the store knows, a run outlives its client, its connection and
 * this process. Before, it ends as any call does.
 *
 * @param settlement Of the call.
 */
export function createRun(services: CallServices, call: KeptCall, settlement: Settlement): Keeping {
  const { stream } = call.envelope
  let known: RunRecord | undefined
  const isShared = call.target.credential.kind === 'managed'
  let writing: Promise<unknown> | undefined
  let firstByteAt: number | undefined
  const write = async (run: RunRecord, response: JsonObject) => {
    services.unanswered.enter()
    try {
      await keepBoth(services, run)
      await handOver()
      known = run
      if (!stream) concludeRun(services, run, response)
      return undefined
    } catch (error) {
      return giveUp(services, run, error)
    } finally {
      writing = undefined
      services.unanswered.leave()
    }
  }
  /** Should it fail, the hold may be lost if this process ends before the store answers again: not worth the answer. */
  const handOver = () =>
    settlement
      .handOver()
      .catch((error: unknown) =>
        services.logger.error({ requestId: call.id, error }, 'The hold of a run may end with this process.'),
      )
  /** As long as nobody knows whether the store has it, nobody knows whose matter its end is. */
  const end = (before: () => void, after: (run: RunRecord) => void): void => {
    if (writing) void writing.then(() => end(before, after))
    else if (known) after(known)
    else before()
  }
  const finish = async (response: JsonObject): Promise<undefined> => {
    await writing
    if (!known) return
    const owner = ownershipOf(known)
    known = withItems(known, response)
    await learnItems(services, owner, response)
  }
  return {
    keeper: {
      keep(response) {
        const run = runOf(call, response)
        if (!run) return undefined
        const written = write(run, response)
        writing = written
        return written
      },
      ...(isShared && { finish }),
    },
    settlement: {
      ...settlement,
      charge(usage, status) {
        const isWhole = stream && status === 'succeeded' && usage.source !== 'estimated'
        end(
          () => void settlement.charge(usage, status),
          // What did not come whole goes on at its provider.
          (run) => isWhole && settleRun(services, run, { usage, status, firstByteAt }),
        )
        return nothing
      },
      release: () => end(settlement.release, () => {}),
      isHandedOver: () => known !== undefined || writing !== undefined,
      free: (status, error) =>
        end(
          () => settlement.free(status, error),
          () => {},
        ),
      firstByte() {
        firstByteAt ??= Date.now()
        settlement.firstByte()
      },
    },
  }
}

function runOf(call: KeptCall, response: JsonObject): RunRecord | undefined {
  const record = recordOf(call, response)
  if (!record) return undefined
  const { principal, target, envelope, held, previous } = call
  const { entry } = target.resolution
  const { policy } = principal
  return {
    ...record,
    background: true,
    requested: envelope.model,
    ...(entry && { entry: entry.id }),
    ...(principal.subject !== undefined && { subject: principal.subject }),
    ...(policy?.configuration !== undefined && { configuration: policy.configuration }),
    ...(policy && policy.tags.length > 0 && { tags: policy.tags }),
    streaming: envelope.stream,
    held: String(held),
    inputBytes: envelope.members.body.length,
    ...(previous?.tokens !== undefined && { history: previous.tokens }),
  }
}

async function keepBoth({ responses }: CallServices, run: RunRecord): Promise<void> {
  await Promise.all([responses.runs.keep(run), responses.keep(ownershipOf(run))])
}

/** Nobody could ask for it, and should this process end, nobody could charge it: it is not to go on. */
async function giveUp(services: CallServices, run: RunRecord, cause: unknown): Promise<GatewayError> {
  const fields = { requestId: run.call, response: run.id }
  services.logger.error({ ...fields, error: cause }, 'A run could not be written down and is cancelled.')
  askProvider(services, run, 'cancel').catch((error: unknown) =>
    services.logger.error({ ...fields, error }, 'A run that is not written down could not be cancelled.'),
  )
  const message = 'The store did not answer, so the response was cancelled.'
  return new GatewayError({ code: 'store_unavailable', message, cause })
}
