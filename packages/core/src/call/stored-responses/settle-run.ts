import type { Usage } from '../../billing/usage.ts'
import type { Eventually, SettleResult } from '../../credits/driver.ts'
import { openaiResponses } from '../../dialects/openai-responses/openai-responses.ts'
import { ownershipOf, type RunRecord } from '../../responses/response-record.ts'
import type { BilledCall } from '../billed-call.ts'
import { ledgerMeta } from '../ledger-meta.ts'
import { type Charge, priceCall } from '../price-call.ts'
import { untilAnswered } from '../retry-store.ts'
import type { CallServices } from '../services.ts'
import { type CallStatus, reportSettlement } from '../settle.ts'
import { tokensOf } from './answer-keeper.ts'

export interface RunOutcome {
  readonly usage: Usage
  readonly status: CallStatus
  readonly firstByteAt?: number | undefined
}

/**
 * Charges a response that was made in the background. Whoever sees its end does so, in whatever process: the id of the
 * hold makes it one charge. What is known of the run is forgotten when the store has acknowledged that.
 */
export function settleRun(services: CallServices, run: RunRecord, outcome: RunOutcome): Charge {
  const { usage, status, firstByteAt } = outcome
  const call = billedCall(services, run)
  const reserved = BigInt(run.held)
  const charge = priceCall(services, call, { usage, reserved })
  const { modelCost, fee } = charge
  const meta = ledgerMeta(services, call, { usage, charge, status, firstByteAt, reserved })
  const request = { id: run.call, account: run.account, modelCost, fee, meta }
  endRun(services, run, {
    tell: () => services.credits.settle(request),
    // Another process may have been first, and has told of it.
    done(result, isTold) {
      reportSettlement(services, { request, result, isTold })
      if (usage.source === 'provider') remember(services, run, usage)
    },
  })
  return charge
}

/** Gives the hold of a run back that cost nothing, or of which nobody will ever know what it cost. */
export function releaseRun(services: CallServices, run: RunRecord): void {
  endRun(services, run, { tell: () => services.credits.release(run.call, run.account), done() {} })
}

/** How long it is, for what goes on from it. */
function remember({ responses, logger }: CallServices, run: RunRecord, usage: Usage): void {
  responses
    .keep({ ...ownershipOf(run), tokens: tokensOf(usage) })
    .catch((error: unknown) =>
      logger.warn({ requestId: run.call, error }, 'A response has no length for later.'),
    )
}

interface Ending {
  tell(): Eventually<SettleResult>
  done(result: SettleResult, isTold: boolean): void
}

/** One at a time in this process; the store's answer is waited for by itself. */
function endRun(services: CallServices, run: RunRecord, { tell, done }: Ending): void {
  const { endingRuns, unanswered, responses, logger, ending } = services
  if (endingRuns.has(run.call)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  endingRuns.set(run.call, promise)
  unanswered.enter()
  const over = () => {
    endingRuns.delete(run.call)
    unanswered.leave()
    resolve()
  }
  let tries = 0
  const attempt = () => {
    tries += 1
    return tell()
  }
  const record = (result: SettleResult) => {
    done(result, tries === 1 && result.state !== 'unknown' && result.replay)
    const stays = (error: unknown) =>
      logger.warn(
        { requestId: run.call, error },
        'A settled run could not be forgotten; it will be looked at again.',
      )
    responses.runs.end(run).catch(stays).finally(over)
  }
  untilAnswered(attempt, record, { logger, requestId: run.call, ending, gaveUp: over })
}

function billedCall({ models }: CallServices, run: RunRecord): BilledCall {
  const { call: id, createdAt: startedAt, accessKeyId, subject, provider, model, requested } = run
  const entry = run.entry === undefined ? undefined : models.find(provider, run.entry)
  return {
    id,
    startedAt,
    held: BigInt(run.held),
    principal: { accessKeyId, subject, policy: { tags: run.tags ?? [], configuration: run.configuration } },
    dialect: openaiResponses,
    target: {
      dialect: openaiResponses,
      resolution: { provider, upstreamId: model, publicId: requested, entry },
      credential: { keyId: undefined, ...run.credential },
    },
    envelope: { model: requested, stream: run.streaming },
    prepared: { warnings: [] },
  }
}
