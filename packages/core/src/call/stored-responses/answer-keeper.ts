import { countInputTokens, countOutputTokens } from '../../billing/buckets.ts'
import type { Usage } from '../../billing/usage.ts'
import type { JsonObject } from '../../dialects/json.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { isResponseId, type ResponseRecord } from '../../responses/response-record.ts'
import type { Call } from '../call.ts'
import type { CallServices } from '../services.ts'
import type { Settlement } from '../settle.ts'
import { withItems } from './answer-items.ts'
import { writeRecord } from './write-record.ts'

/** What has to be done about an answer that its provider keeps, before the client has all of it. */
export interface AnswerKeeper {
  /**
   * @param response A whole answer, or what the first event of a stream holds.
   * @returns What the answer's end has to wait for: undefined, or why it must not be given.
   */
  keep(response: JsonObject): Promise<GatewayError | undefined> | undefined
  /**
   * Left out where a stream's end has nothing to tell.
   *
   * @param response What the event holds that ends a stream.
   * @returns What that event has to wait for.
   */
  readonly finish?: (response: JsonObject) => Promise<undefined> | undefined
}

/** What is known of a call when its answer may begin. */
export type KeptCall = Omit<Call, 'keeper'>

/** A call whose answer its provider keeps: what it has in place of an ordinary call's. */
export interface Keeping {
  readonly keeper: AnswerKeeper
  readonly settlement: Settlement
}

const unreachable = 'Whose a response is could not be written down; its client may not reach it again.'

/**
 * Writes down whose an answer is and, once that is known, how long it is and which items it has. Should the store not
 * take it, the answer is given all the same: its client has paid for it, and can only not ask for it again.
 *
 * @param settlement Of the call.
 */
export function keepAnswer(services: CallServices, call: KeptCall, settlement: Settlement): Keeping {
  let kept: ResponseRecord | undefined
  let writing: Promise<boolean> | undefined
  const write = (record: ResponseRecord): Promise<boolean> => {
    kept = record
    return writeRecord(services, record, unreachable)
  }
  const read = (response: JsonObject) => (response.store === false ? undefined : recordOf(call, response))
  const keepItems = async (record: ResponseRecord): Promise<undefined> => {
    // A store that has just been silent is not waited for twice.
    if (writing && !(await writing)) return
    await write(record)
  }
  const finish = (response: JsonObject) => {
    const record = read(response)
    return record?.items && keepItems(record)
  }
  return {
    keeper: {
      keep(response) {
        const record = read(response)
        if (!record) return undefined
        writing = write(record).finally(() => {
          writing = undefined
        })
        return writing.then(() => undefined)
      },
      ...(call.target.credential.kind === 'managed' && { finish }),
    },
    settlement: {
      ...settlement,
      charge(usage, status) {
        // Nobody waits for it: without it, more is held for what goes on from here.
        if (kept && kept.tokens === undefined && usage.source === 'provider')
          void write({ ...kept, tokens: tokensOf(usage) })
        return settlement.charge(usage, status)
      },
    },
  }
}

/** Undefined for what has no id that could be asked for. */
export function recordOf(call: KeptCall, response: JsonObject): ResponseRecord | undefined {
  const { id } = response
  if (!isResponseId(id)) return undefined
  const { principal, target, startedAt } = call
  const { kind, keyId } = target.credential
  const usage = readUsage(call, response)
  const record = {
    id,
    account: principal.account,
    ...(principal.accessKeyId !== undefined && { accessKeyId: principal.accessKeyId }),
    provider: target.resolution.provider,
    model: target.resolution.upstreamId,
    credential: { kind, ...(keyId !== undefined && { keyId }) },
    createdAt: startedAt,
    call: call.id,
    ...(usage && { tokens: tokensOf(usage) }),
  }
  return withItems(record, response)
}

function readUsage({ target }: KeptCall, response: JsonObject): Usage | undefined {
  const reader = target.dialect.createUsageReader(target.provider.definition.quirks)
  reader.read(response)
  return reader.result()
}

/** The most that a call can find of an answer that it goes on from. */
export function tokensOf({ buckets }: Usage): number {
  return countInputTokens(buckets) + countOutputTokens(buckets)
}
