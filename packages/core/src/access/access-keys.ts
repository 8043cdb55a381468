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
import { assertAccessKeyRecord, revokedAccessKey, unknownAccessKey } from './access-key-faults.ts'
import {
  type AccessKeyFilter,
  type CreateAccessKey,
  createSchema,
  filterSchema,
  type RotateAccessKey,
  rotateSchema,
  type UpdateAccessKey,
  updateSchema,
} from './access-key-input.ts'
import type { AccessKeyPrincipal } from './access-key-principal.ts'
import { createToken, hashToken } from './access-key-token.ts'
import { judge, type StoredKey } from './access-key-verdict.ts'
import { createAuthenticator } from './authenticator.ts'
import type { AssertLinkable } from './configurations/links.ts'
import { createKeyLinks } from './key-links.ts'
import { createLastUsed } from './last-used.ts'
import { assertFuture, withoutNull } from './member-input.ts'
import { parseInput } from './parse-input.ts'
import type { LoadGoverning } from './policies/governing.ts'
import type { PolicyNames } from './policies/policy-names.ts'
import { resolveScope } from './policies/scope-input.ts'

export interface AccessKeysOptions {
  readonly records: RecordStore<AccessKeyRecord>
  /** Apart from the keys, so that no change of a key that is under way can undo a revocation. */
  readonly revocations: RecordStore<Moment>
  readonly lastUsed: RecordStore<Moment>
  readonly names: PolicyNames
  readonly governing: LoadGoverning
  readonly assertLinkable: AssertLinkable
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
  /**
   * In the order of creation.
   *
   * @param filter An account, or what the keys have in common.
   */
  list(filter?: string | AccessKeyFilter): Promise<AccessKey[]>
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
   * @throws GatewayError `invalid_api_key`; `account_disabled` or `configuration_not_usable` where what governs the key
   * refuses it; `store_unavailable` when nobody can tell.
   */
  authenticate(token: string): AccessKeyPrincipal | Promise<AccessKeyPrincipal>
  /** Has every key looked up anew: what governs them has changed. */
  forget(): void
  /** Writes when keys were last used. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Access keys over a store.
 *
 * @example
 * const { keys } = createAccess({ records: store.records, names, findProviderKey, logger: console })
 * const { token } = await keys.create({ account: 'acme', limits: { rpm: 60 } })
 * const { account } = await keys.authenticate(token)
 */
export function createAccessKeys(options: AccessKeysOptions): AccessKeys {
  const { records, revocations, logger, names, governing, assertLinkable } = options
  const { now = Date.now, cacheMs = 4000 } = options
  const uses = createLastUsed({ records: options.lastUsed, logger })

  const load = async (id: string): Promise<StoredKey | undefined> => {
    const [record, revoked] = await Promise.all([records.get(id), revocations.get(id)])
    if (record) assertAccessKeyRecord(record, id)
    return record && { record, revoked }
  }
  const loadKnown = async (id: string): Promise<StoredKey> => {
    const stored = await load(id)
    if (stored) return stored
    throw unknownAccessKey(id)
  }
  const { authenticate, forget } = createAuthenticator({
    judge: async (token) => {
      const stored = await load(token.id)
      return judge(token, stored, stored && (await governing(stored.record)))
    },
    onUse: uses.mark,
    now,
    cacheMs,
  })
  const describe = async ({ record, revoked }: StoredKey): Promise<AccessKey> =>
    describeAccessKey(record, { revoked, used: await uses.get(record.id) })

  const change = async (id: string, next: (record: AccessKeyRecord) => AccessKeyRecord) => {
    const { revoked } = await loadKnown(id)
    if (revoked) throw revokedAccessKey(id)
    // Also after a failed write, which may have happened all the same.
    const alter = (record: AccessKeyRecord | undefined) => {
      if (record) return next(record)
      throw unknownAccessKey(id)
    }
    return records.alter(id, alter).finally(forget)
  }
  const named = ({ scope }: Pick<UpdateAccessKey, 'scope'>) =>
    scope ? { scope: resolveScope(scope, names) } : {}

  const links = createKeyLinks({ records, assertLinkable, onUndo: forget })

  return {
    create: async (input) => {
      const parsed = parseInput(createSchema, input)
      assertFuture(parsed.expiresAt, now())
      const members = { ...parsed, ...named(parsed) }
      await assertLinkable({ configuration: undefined, ...parsed })
      const { id, token } = createToken()
      const record = { id, ...members, hash: hashToken(token), createdAt: now() } as AccessKeyRecord
      await records.create(id, record)
      await links.confirmNew(record)
      return { ...describeAccessKey(record, { revoked: undefined, used: undefined }), token }
    },
    list: async (filter = {}) => {
      const wanted = typeof filter === 'string' ? { account: filter } : filter
      const { account, configuration } = parseInput(filterSchema, wanted)
      const stored = (await collect(records.list())).map(([, record]) => record)
      const [revoked, used] = [new Map(await collect(revocations.list())), await uses.all()]
      return stored
        .filter((record) => account === undefined || record.account === account)
        .filter((record) => configuration === undefined || record.configuration === configuration)
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
      const members = { ...parsed, ...named(parsed) }
      const { record: before, revoked } = await loadKnown(id)
      const configuration = parsed.configuration ?? undefined
      await assertLinkable({ account: before.account, configuration })
      const record = await change(id, (current) => withoutNull({ ...current, ...members } as AccessKeyRecord))
      if (configuration !== undefined) await links.confirmChanged(record, before.configuration)
      return describe({ record, revoked })
    },
    rotate: async (id, input = {}) => {
      const { overlapMs = 0 } = parseInput(rotateSchema, input)
      const { token } = createToken(id)
      const record = await change(id, ({ previous: _, hash, ...rest }) => ({
        ...rest,
        hash: hashToken(token),
        ...(overlapMs > 0 && { previous: { hash, until: now() + overlapMs } }),
      }))
      return { ...(await describe({ record, revoked: undefined })), token }
    },
    revoke: async (id) => {
      const { record, revoked = { at: now() } } = await loadKnown(id)
      await revocations.put(id, revoked).finally(forget)
      return describe({ record, revoked })
    },
    authenticate,
    forget,
    flush: uses.flush,
    close: uses.close,
  }
}
