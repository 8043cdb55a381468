import { GatewayError } from '../errors/gateway-error.ts'
import type { Logger } from '../options/options.ts'
import { collect } from '../store/collect.ts'
import type { RecordStore } from '../store/record-store.ts'
import {
  type AccessKey,
  type AccessKeyRecord,
  type CreatedAccessKey,
  describeAccessKey,
  type Moment,
} from './access-key.ts'
import {
  assertFuture,
  type CreateAccessKey,
  createSchema,
  type RotateAccessKey,
  rotateSchema,
  type UpdateAccessKey,
  updateSchema,
} from './access-key-input.ts'
import type { AccessKeyPrincipal } from './access-key-principal.ts'
import { createToken, hashToken } from './access-key-token.ts'
import type { StoredKey } from './access-key-verdict.ts'
import { createAuthenticator } from './authenticator.ts'
import { createLastUsed } from './last-used.ts'
import { parseInput } from './parse-input.ts'
import { takeTurns } from './take-turns.ts'

export interface AccessKeysOptions {
  readonly records: RecordStore<AccessKeyRecord>
  /** Apart from the keys, so that no change of a key that is under way can undo a revocation. */
  readonly revocations: RecordStore<Moment>
  readonly lastUsed: RecordStore<Moment>
  readonly logger: Logger
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** How long other processes may go on accepting a key that was changed here. @default 4000 */
  readonly cacheMs?: number
}

/** Access keys: who may call, and on whose account. Every method rejects with `store_unavailable` when the store is. */
export interface AccessKeys {
  /** @throws GatewayError `invalid_request` that names the member at fault. */
  create(input: CreateAccessKey): Promise<CreatedAccessKey>
  /** In the order of creation. */
  list(account?: string): Promise<AccessKey[]>
  get(id: string): Promise<AccessKey | undefined>
  /** @throws GatewayError `invalid_request`, also for a key that is unknown or revoked. */
  update(id: string, patch: UpdateAccessKey): Promise<AccessKey>
  /** Gives the key a new token under the same id. */
  rotate(id: string, options?: RotateAccessKey): Promise<CreatedAccessKey>
  /** For ever: here once this resolves, in other processes within `cacheMs`. */
  revoke(id: string): Promise<AccessKey>
  /**
   * The principal of a token: at once when it was seen within `cacheMs`, otherwise a promise.
   *
   * @throws GatewayError `invalid_api_key`, or `store_unavailable` when nobody can tell.
   */
  authenticate(token: string): AccessKeyPrincipal | Promise<AccessKeyPrincipal>
  /** Writes when keys were last used. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Access keys over a store.
 *
 * @example
 * const keys = createAccessKeys({
 *   records: store.records('access-keys'),
 *   revocations: store.records('access-key-revocations'),
 *   lastUsed: store.records('access-key-uses'),
 *   logger: console,
 * })
 * const { token } = await keys.create({ account: 'acme', limits: { rpm: 60 } })
 * const { account } = await keys.authenticate(token)
 */
export function createAccessKeys(options: AccessKeysOptions): AccessKeys {
  const { records, revocations, logger, now = Date.now, cacheMs = 4000 } = options
  const uses = createLastUsed({ records: options.lastUsed, logger })
  const inTurn = takeTurns()

  const load = async (id: string): Promise<StoredKey | undefined> => {
    const [record, revoked] = await Promise.all([records.get(id), revocations.get(id)])
    if (record) assertAccessKeyRecord(record, id)
    return record && { record, revoked }
  }
  const loadKnown = async (id: string): Promise<StoredKey> => {
    const stored = await load(id)
    if (stored) return stored
    throw new GatewayError({
      code: 'invalid_request',
      message: `There is no access key "${id}".`,
      param: 'id',
    })
  }
  const { authenticate, forget } = createAuthenticator({ load, onUse: uses.mark, now, cacheMs })
  const describe = async ({ record, revoked }: StoredKey): Promise<AccessKey> =>
    describeAccessKey(record, { revoked, used: await uses.get(record.id) })

  const change = (id: string, next: (record: AccessKeyRecord) => AccessKeyRecord): Promise<AccessKey> =>
    inTurn(id, async () => {
      const { record, revoked } = await loadKnown(id)
      if (revoked) {
        const message = `The access key "${id}" has been revoked.`
        throw new GatewayError({ code: 'invalid_request', message, param: 'id' })
      }
      const changed = next(record)
      // Also after a failed write, which may have happened all the same.
      await records.put(id, changed).finally(forget)
      return describe({ record: changed, revoked })
    })

  return {
    create: async (input) => {
      const parsed = parseInput(createSchema, input)
      assertFuture(parsed.expiresAt, now())
      const { id, token } = createToken()
      const record = toRecord({ id, ...parsed, hash: hashToken(token), createdAt: now() })
      await records.create(id, record)
      return { ...describeAccessKey(record, { revoked: undefined, used: undefined }), token }
    },
    list: async (account) => {
      const stored = (await collect(records.list())).map(([, record]) => record)
      const [revoked, used] = [new Map(await collect(revocations.list())), await uses.all()]
      return stored
        .filter((record) => account === undefined || record.account === account)
        .sort((left, right) => left.createdAt - right.createdAt)
        .map((record) =>
          describeAccessKey(record, { revoked: revoked.get(record.id), used: used.get(record.id) }),
        )
    },
    get: async (id) => {
      const stored = await load(id)
      return stored && describe(stored)
    },
    update: async (id, patch) => {
      const parsed = parseInput(updateSchema, patch)
      assertFuture(parsed.expiresAt, now())
      return change(id, (record) => toRecord({ ...record, ...parsed }))
    },
    rotate: async (id, input = {}) => {
      const { overlapMs = 0 } = parseInput(rotateSchema, input)
      const { token } = createToken(id)
      const key = await change(id, ({ previous: _, hash, ...record }) => ({
        ...record,
        hash: hashToken(token),
        ...(overlapMs > 0 && { previous: { hash, until: now() + overlapMs } }),
      }))
      return { ...key, token }
    },
    revoke: async (id) => {
      const { record, revoked = { at: now() } } = await loadKnown(id)
      await revocations.put(id, revoked).finally(forget)
      return describe({ record, revoked })
    },
    authenticate,
    flush: uses.flush,
    close: uses.close,
  }
}

type Nullable<Value> = { [Name in keyof Value]: Value[Name] | null }

/** Members that are null are left out. */
function toRecord(members: Nullable<AccessKeyRecord>): AccessKeyRecord {
  const kept = Object.entries(members).filter(([, value]) => value !== null)
  return Object.fromEntries(kept) as unknown as AccessKeyRecord
}

/** A record that somebody else wrote must not pass for a key, nor for a missing one. */
function assertAccessKeyRecord({ id, account, hash }: AccessKeyRecord, expected: string): void {
  if (id === expected && typeof account === 'string' && typeof hash === 'string') return
  throw new GatewayError({
    code: 'store_unavailable',
    message: 'The store did not answer.',
    cause: new Error(`The record "${expected}" is not an access key.`),
  })
}
