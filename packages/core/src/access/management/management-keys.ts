import { GatewayError } from '../../errors/gateway-error.ts'
import { collect } from '../../store/collect.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { hashToken, sameHash } from '../access-key-token.ts'
import { assertFuture } from '../member-input.ts'
import { parseInput } from '../parse-input.ts'
import {
  type CreatedManagementKey,
  type CreateManagementKey,
  covers,
  createManagementKeySchema,
  describeManagementKey,
  type ManagementKey,
  type ManagementKeyRecord,
  type ManagementScope,
  managementTokens,
  scopeNames,
} from './management-key.ts'

export interface ManagementKeysOptions {
  readonly records: RecordStore<ManagementKeyRecord>
  readonly now: () => number
}

/** Credentials for the control plane. They open no calls, and access keys open no control plane. */
export interface ManagementKeys {
  /** @throws GatewayError `invalid_request` that names the member at fault. */
  create(input: CreateManagementKey): Promise<CreatedManagementKey>
  /** In the order of creation, revoked ones too. */
  list(): Promise<ManagementKey[]>
  /** For ever, and in every process at once. */
  revoke(id: string): Promise<ManagementKey>
  /**
   * Asks the store each time, so nothing that was revoked is remembered anywhere.
   *
   * @param scope What the request needs.
   * @throws GatewayError `invalid_api_key`; `insufficient_scope`; `store_unavailable` when nobody can tell.
   */
  authenticate(token: string, scope: ManagementScope): Promise<ManagementKey>
}

/**
 * Management keys over a store.
 *
 * @example
 * const { token } = await managementKeys.create({ name: 'billing', scopes: ['credits'] })
 * await managementKeys.authenticate(token, 'credits')
 */
export function createManagementKeys({ records, now }: ManagementKeysOptions): ManagementKeys {
  return {
    create: async (input) => {
      const { name, scopes, expiresAt } = parseInput(createManagementKeySchema, input)
      assertFuture(expiresAt, now())
      const { id, token } = managementTokens.create()
      const record: ManagementKeyRecord = {
        id,
        name,
        scopes: [...new Set(scopes)],
        hash: hashToken(token),
        createdAt: now(),
        ...(expiresAt !== undefined && { expiresAt }),
      }
      await records.create(id, record)
      return { ...describeManagementKey(record), token }
    },
    list: async () => {
      const stored = (await collect(records.list())).map(([, record]) => record)
      return stored.sort((left, right) => left.createdAt - right.createdAt).map(describeManagementKey)
    },
    revoke: async (id) => {
      const revoked = await records.alter(id, (record): ManagementKeyRecord => {
        if (record) return { revokedAt: now(), ...record }
        const message = `There is no management key "${id}".`
        throw new GatewayError({ code: 'invalid_request', message, param: 'id' })
      })
      return describeManagementKey(revoked)
    },
    authenticate: async (token, scope) => {
      if (!scopeNames.includes(scope)) throw new TypeError(`"${scope}" is no scope of management keys.`)
      const id = managementTokens.parse(token)?.id
      if (id === undefined) throw refused('is malformed, or is no management key of this gateway')
      const record = await records.get(id)
      if (!record || record.id !== id || !sameHash(hashToken(token), record.hash)) throw refused('is unknown')
      if (record.revokedAt !== undefined) throw refused('has been revoked')
      if (record.expiresAt !== undefined && now() >= record.expiresAt) throw refused('has expired')
      if (covers(record.scopes, scope)) return describeManagementKey(record)
      const message = `The management key "${record.name}" does not have the scope "${scope}".`
      throw new GatewayError({ code: 'insufficient_scope', message })
    },
  }
}

function refused(problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_api_key', message: `The management key ${problem}.` })
}
