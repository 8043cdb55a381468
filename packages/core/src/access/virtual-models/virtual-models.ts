import { GatewayError } from '../../errors/gateway-error.ts'
import { collect } from '../../store/collect.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { assertVersion, versionSchema, withoutNull } from '../member-input.ts'
import { parseInput } from '../parse-input.ts'
import { createVirtualModelFinder, type VirtualModelFinder } from './find-virtual-model.ts'
import { type VirtualModel, type VirtualModelRecord, virtualModelId } from './virtual-model.ts'
import {
  type CreateVirtualModel,
  createVirtualModelSchema,
  listVirtualModelsSchema,
  type UpdateVirtualModel,
  updateVirtualModelSchema,
} from './virtual-model-input.ts'

interface Fault {
  readonly param: string
  readonly problem: string
}

/** What may be defined over the models that there are. */
export interface DefinitionRules {
  faultOf(definition: Pick<VirtualModelRecord, 'name' | 'targets'>): Fault | undefined
  faultOfTargets(targets: VirtualModelRecord['targets']): Fault | undefined
  warningsOf(definition: Pick<VirtualModelRecord, 'name' | 'targets'>): readonly string[]
}

export interface VirtualModelsOptions {
  readonly records: RecordStore<VirtualModelRecord>
  readonly rules: DefinitionRules
  /** Those of the gateway's options; nobody else may take their names. */
  readonly options?: readonly Pick<VirtualModelRecord, 'name' | 'targets' | 'strategy'>[]
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** How long other processes may go on with what was changed here. @default 4000 */
  readonly cacheMs?: number
}

/** Names that stand for other models. Every method rejects with `store_unavailable` when the store is. */
export interface VirtualModels {
  /** @throws GatewayError `invalid_request` that names the member at fault: `name`, `targets.1`. */
  create(input: CreateVirtualModel): Promise<VirtualModel>
  get(id: string): Promise<VirtualModel | undefined>
  /**
   * Those of the options first, then in the order of creation.
   *
   * @param filter `account`: those that its calls may use.
   */
  list(filter?: { readonly account?: string | undefined }): Promise<VirtualModel[]>
  /**
   * The next call here goes by it, those of other processes within `cacheMs`.
   *
   * @param options `version` is what the change is based on; without it, it is made to whatever is stored.
   * @throws GatewayError `invalid_request` that names the member at fault, or `version_conflict`.
   */
  update(
    id: string,
    patch: UpdateVirtualModel,
    options?: { readonly version?: number },
  ): Promise<VirtualModel>
  /** Resolves to whether there was such a virtual model. */
  delete(id: string): Promise<boolean>
  /** For calls. */
  readonly find: VirtualModelFinder['find']
}

/**
 * Virtual models over a store.
 *
 * @example
 * const { id } = await virtualModels.create({ name: 'fast', targets: ['gpt-4o-mini', 'claude-haiku-4-5'] })
 * await virtualModels.update(id, { strategy: 'latency' }, { version: 1 })
 */
export function createVirtualModels(options: VirtualModelsOptions): VirtualModels {
  const { records, rules, now = Date.now, cacheMs = 4000 } = options
  const fixed = new Map((options.options ?? []).map((each) => [each.name.toLowerCase(), asRecord(each)]))
  const { find, forget } = createVirtualModelFinder({ records, options: fixed, now, cacheMs })

  const describe = (record: VirtualModelRecord): VirtualModel => ({
    ...record,
    warnings: rules.warningsOf(record),
    isOption: fixed.get(record.id) === record,
  })
  const assertChangeable = (id: string) => {
    if (fixed.has(id)) throw wrong('id', 'is set in the options of the gateway')
  }

  return {
    create: async (input) => {
      const { name, account, ...given } = parseInput(createVirtualModelSchema, input)
      assertFaultless(rules.faultOf({ name, targets: given.targets }))
      const id = virtualModelId(name, account)
      if (fixed.has(name.toLowerCase()) || (await records.get(id))) throw wrong('name', 'is taken already')
      const at = now()
      const named = { id, name, ...(account !== undefined && { account }) }
      const record = { ...named, ...given, version: 1, createdAt: at, updatedAt: at }
      await records.create(id, record).finally(forget)
      return describe(record)
    },
    get: async (id) => {
      const record = fixed.get(id) ?? (await records.get(id))
      return record && describe(record)
    },
    list: async (filter = {}) => {
      const { account } = parseInput(listVirtualModelsSchema, filter)
      const stored = (await collect(records.list())).map(([, record]) => record)
      return [...fixed.values(), ...stored.sort((left, right) => left.createdAt - right.createdAt)]
        .filter((each) => account === undefined || each.account === undefined || each.account === account)
        .map(describe)
    },
    update: async (id, patch, given = {}) => {
      assertChangeable(id)
      const parsed = parseInput(updateVirtualModelSchema, patch)
      const { version: expected } = parseInput(versionSchema, given)
      const change = (current: VirtualModelRecord | undefined): VirtualModelRecord => {
        if (!current) throw wrong('id', `names no virtual model: "${id}"`)
        const { version } = current
        assertVersion({ what: 'virtual model', id, stored: version, expected })
        // Its name may have become a model's since; that keeps nobody from changing what it stands for.
        if (parsed.targets) assertFaultless(rules.faultOfTargets(parsed.targets))
        return withoutNull({ ...current, ...parsed, version: version + 1, updatedAt: now() })
      }
      return describe(await records.alter(id, change).finally(forget))
    },
    delete: async (id) => {
      assertChangeable(id)
      return records.delete(id).finally(forget)
    },
    find,
  }
}

function asRecord(given: Pick<VirtualModelRecord, 'name' | 'targets' | 'strategy'>): VirtualModelRecord {
  return { ...given, id: virtualModelId(given.name, undefined), version: 0, createdAt: 0, updatedAt: 0 }
}

function assertFaultless(fault: Fault | undefined): void {
  if (fault) throw wrong(fault.param, fault.problem)
}

function wrong(param: string, problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${param}" ${problem}.`, param })
}
