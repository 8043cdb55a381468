import type { Principal } from '../../access/principal.ts'
import { bodyOf } from '../../bytes/body-bytes.ts'
import { createCallId } from '../../credits/call-id.ts'
import { resumableResponses } from '../../dialects/openai-responses/resumable.ts'
import { asGatewayError, GatewayError } from '../../errors/gateway-error.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { ResponseRecord, RunRecord } from '../../responses/response-record.ts'
import { answerError } from '../answer.ts'
import { endCall } from '../attempts/end-call.ts'
import type { Call } from '../call.ts'
import { dispatch } from '../dispatch.ts'
import { scanMembers } from '../json-members.ts'
import type { CallServices } from '../services.ts'
import { createFreeSettlement } from '../settle.ts'
import { endBeforeDeletion } from './end-before-deletion.ts'
import { keeperOf, requestStored, type StoredAction } from './provider-request.ts'
import { createReadKeeper, followRead } from './read-settlement.ts'

/** What is asked about which stored response. */
export interface StoredErrand {
  readonly action: StoredAction
  readonly id: string
}

/**
 * Serves a request about a response that its provider keeps: where that is, under its credential, and for the account
 * that made it alone. It costs nothing; of one that was made in the background it may show what that costs. Never
 * rejects.
 */
export async function serveStored(
  services: CallServices,
  exchange: Exchange,
  errand: StoredErrand,
): Promise<void> {
  const requestId = createCallId()
  services.inFlight.enter()
  try {
    const principal = await services.authenticate(exchange)
    const record = await services.responses.find(principal.account, errand.id)
    if (!record) throw notFound(errand.id)
    const run = record.background && (await services.responses.runs.find(record.account, record.id))
    if (run && errand.action === 'delete') await endBeforeDeletion(services, run)
    const call = await prepare(services, { exchange, requestId, principal, record, errand })
    if (exchange.hasLeft()) return services.inFlight.leave()
    send(services, call, { record, run: run || undefined, errand })
  } catch (thrown) {
    services.inFlight.leave()
    const error = asGatewayError(thrown)
    if (error.status >= 500) services.logger.error({ requestId, error }, error.message)
    if (!exchange.hasLeft()) answerError(exchange.sink, { error, family: 'openai', requestId })
  }
}

interface Asked {
  readonly exchange: Exchange
  readonly requestId: string
  readonly principal: Principal
  readonly record: ResponseRecord
  readonly errand: StoredErrand
}

const noBody = scanMembers(bodyOf([Buffer.from('{}')]))

/** A call that sends no body and takes no hold. */
async function prepare(services: CallServices, asked: Asked): Promise<Call> {
  const { exchange, requestId: id, principal, record, errand } = asked
  const { search, headers } = exchange
  const target = await keeperOf(services, record)
  return {
    id,
    exchange,
    dialect: resumableResponses,
    startedAt: Date.now(),
    principal,
    target,
    envelope: {
      members: noBody,
      model: record.model,
      fallbacks: [],
      stream: errand.action === 'read' && new URLSearchParams(search).get('stream') === 'true',
      includeUsage: true,
      maxOutputTokens: undefined,
      choices: 1,
      serviceTier: undefined,
      speed: undefined,
      state: undefined,
    },
    prepared: {
      request: requestStored(services, { record, target, action: errand.action, headers, search }),
      warnings: [],
      removed: [],
      usageAdded: false,
      answer: undefined,
      maxOutputTokens: undefined,
      thinks: false,
      thinkingBudget: 0,
    },
    previous: undefined,
    plan: undefined,
    held: 0n,
    limit: undefined,
    keeper: undefined,
    isFree: true,
    dispatchedAt: Date.now(),
    watch: undefined,
    course: undefined,
  }
}

interface Stored {
  readonly record: ResponseRecord
  /** Undefined once it is settled. */
  readonly run: RunRecord | undefined
  readonly errand: StoredErrand
}

function send(services: CallServices, call: Call, { record, run, errand }: Stored): void {
  const free = createFreeSettlement(services)
  const { keeper, settlement } = call.envelope.stream
    ? followRead(services, { record, run }, free)
    : { keeper: createReadKeeper(services, { record, run, action: errand.action }), settlement: free }
  dispatch(
    patient(services),
    { ...call, keeper },
    {
      settlement,
      onFailure: (attempt, failure) => endCall(attempt, failure, 'stop'),
    },
  )
}

/** A run that is queued has nothing to say for longer than an answer that somebody waits for. */
function patient(services: CallServices): CallServices {
  const { settings } = services
  return { ...services, settings: { ...settings, firstEventTimeout: settings.idleTimeout } }
}

function notFound(id: string): GatewayError {
  const message = `Response with id '${id.slice(0, 256)}' not found.`
  return new GatewayError({ code: 'response_not_found', message })
}
