import { createHash } from 'node:crypto'
import { GatewayError } from '../errors/gateway-error.ts'
import type { RecordStore } from '../store/record-store.ts'
import { createBatchedPuts } from './batched-puts.ts'
import { isResponseId, type ResponseRecord, type RunRecord } from './response-record.ts'

export interface ResponseRecordsOptions {
  readonly records: RecordStore<ResponseRecord>
  /** Those under way alone, so that a look at them is short. */
  readonly runs: RecordStore<RunRecord>
}

/** Whose the responses are that providers keep. */
export interface ResponseRecords {
  /** Undefined for what is not there and for what is another account's alike. */
  find(account: string, id: string): Promise<ResponseRecord | undefined>
  keep(record: ResponseRecord): Promise<void>
  forget(account: string, id: string): Promise<void>
  /** Those that no charge has ended. */
  readonly runs: {
    find(account: string, id: string): Promise<RunRecord | undefined>
    keep(run: RunRecord): Promise<void>
    end(run: RunRecord): Promise<void>
    list(): AsyncIterable<RunRecord>
  }
  /**
   * Forgets what was made before a moment, so many at most.
   *
   * @returns How many were forgotten.
   */
  forgetBefore(moment: number, most: number): Promise<number>
}

/**
 * Records of stored responses. Their keys hold the account, so that nobody can come across another's, nor write over
 * it with an id of his own choosing.
 *
 * @example
 * const responses = createResponseRecords({
 *   records: store.records('responses', { isRelaxed: true }),
 *   runs: store.records('response-runs'),
 * })
 * await responses.find('acme', 'resp_68a1…')
 */
export function createResponseRecords({ records, runs }: ResponseRecordsOptions): ResponseRecords {
  const keep = createBatchedPuts(records)
  const keepRun = createBatchedPuts(runs)
  return {
    find: async (account, id) =>
      isResponseId(id) ? ofAccount(await records.get(keyOf(account, id)), account) : undefined,
    keep: (record) => keep(keyOf(record.account, record.id), record),
    forget: async (account, id) => void (await records.delete(keyOf(account, id))),
    runs: {
      find: async (account, id) => ofAccount(await runs.get(keyOf(account, id)), account),
      keep: (run) => keepRun(keyOf(run.account, run.id), run),
      end: async ({ account, id }) => void (await runs.delete(keyOf(account, id))),
      list: async function* () {
        for await (const [, run] of runs.list()) yield run
      },
    },
    forgetBefore: async (moment, most) => {
      const old: string[] = []
      for await (const [key, { createdAt }] of records.list()) {
        if (createdAt < moment) old.push(key)
        if (old.length >= most) break
      }
      for (const key of old) await records.delete(key)
      return old.length
    },
  }
}

function keyOf(account: string, id: string): string {
  return `${id}:${createHash('sha256').update(account).digest('base64url')}`
}

/** A record under the wrong key was damaged, or moved there. */
function ofAccount<T extends ResponseRecord>(record: T | undefined, account: string): T | undefined {
  if (record === undefined || record.account === account) return record
  throw new GatewayError({ code: 'store_unavailable', message: 'A stored record is under a wrong key.' })
}
