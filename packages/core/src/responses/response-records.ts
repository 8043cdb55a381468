import { createHash } from 'node:crypto'
import { GatewayError } from '../errors/gateway-error.ts'
import type { RecordStore } from '../store/record-store.ts'
import { createBatchedPuts } from './batched-puts.ts'
import { type ItemRecord, isResponseId, type ResponseRecord, type RunRecord } from './response-record.ts'

export interface ResponseRecordsOptions {
  /** Of responses, and of the items they consist of. */
  readonly records: RecordStore<ResponseRecord | ItemRecord>
  /** Those under way alone, so that a look at them is short. */
  readonly runs: RecordStore<RunRecord>
}

/** Whose the responses are that providers keep. */
export interface ResponseRecords {
  /** Undefined for what is not there and for what is another account's alike. */
  find(account: string, id: string): Promise<ResponseRecord | undefined>
  /** With its items, in one write. */
  keep(record: ResponseRecord): Promise<void>
  /** With its items, as far as this record knows them. */
  forget(record: ResponseRecord): Promise<void>
  /** The first of these items that is not of a response of this account at this provider. */
  findUnknownItem(owner: ItemOwner, ids: readonly string[]): Promise<string | undefined>
  /** Those that no charge has ended. */
  readonly runs: {
    find(account: string, id: string): Promise<RunRecord | undefined>
    keep(run: RunRecord): Promise<void>
    end(run: RunRecord): Promise<void>
    list(): AsyncIterable<RunRecord>
  }
  /**
   * Forgets what was made before a moment, so many responses at most, and items with them.
   *
   * @returns How many responses were forgotten.
   */
  forgetBefore(moment: number, most: number): Promise<number>
}

/** Who got an item, and who keeps it. */
export type ItemOwner = Pick<ItemRecord, 'account' | 'provider'>

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
    find: async (account, id) => {
      if (!isResponseId(id)) return undefined
      return ofAccount((await records.get(keyOf(account, id))) as ResponseRecord | undefined, account)
    },
    keep: async (record) => {
      const { account, provider, id: response, createdAt, items = [] } = record
      const item: ItemRecord = { account, provider, response, createdAt }
      // What is put in one go is written in one.
      const puts = itemKeysOf(record, items).map((key) => keep(key, item))
      await Promise.all([...puts, keep(keyOf(account, response), record)])
    },
    forget: async (record) => {
      const { account, id, items = [] } = record
      const keys = [...itemKeysOf(record, items), keyOf(account, id)]
      await Promise.all(keys.map(records.delete))
    },
    findUnknownItem: async (owner, ids) => {
      const strange = ids.find((id) => !isResponseId(id))
      if (strange !== undefined) return strange
      const found = await records.getMany(itemKeysOf(owner, ids))
      return ids.find((_, at) => ofAccount(found[at], owner.account)?.provider !== owner.provider)
    },
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
      let responses = 0
      for await (const [key, { createdAt }] of records.list()) {
        if (createdAt >= moment) continue
        old.push(key)
        if (!isItemKey(key)) responses += 1
        if (responses >= most) break
      }
      for (const key of old) await records.delete(key)
      return responses
    },
  }
}

function keyOf(account: string, id: string): string {
  return `${id}:${digest(account)}`
}

const itemMark = ':item'

/** No response has such a key: those end in a digest. */
function itemKeysOf({ account, provider }: ItemOwner, ids: readonly string[]): readonly string[] {
  const owner = digest(`${account}\n${provider}`)
  return ids.map((id) => `${id}:${owner}${itemMark}`)
}

function isItemKey(key: string): boolean {
  return key.endsWith(itemMark)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** A record under the wrong key was damaged, or moved there. */
function ofAccount<T extends { readonly account: string }>(
  record: T | undefined,
  account: string,
): T | undefined {
  if (record === undefined || record.account === account) return record
  throw new GatewayError({ code: 'store_unavailable', message: 'A stored record is under a wrong key.' })
}
