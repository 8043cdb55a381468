import type { ProviderRecords } from './access/stored-providers/provider-records.ts'
import type { ProviderSecrets } from './access/stored-providers/provider-secrets.ts'
import { optionsOf, type StoredProviderRecord } from './access/stored-providers/stored-provider.ts'
import { asGatewayError, GatewayError } from './errors/gateway-error.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import type { Logger } from './options/options.ts'
import { configureStored } from './options/stored-provider.ts'
import { startAgain } from './store/start-again.ts'

/** A stored provider as this process has it. */
export interface LoadedProvider {
  readonly record: StoredProviderRecord
  /** Undefined where it cannot be used. */
  readonly setup: ProviderSetup | undefined
  /** Why it cannot. */
  readonly problem: string | undefined
}

/** Follows the stored providers, whoever changes them. */
export interface StoredProviderFeed {
  /** True once they have been read for the first time. */
  readonly isReady: boolean
  /** Rejects with `store_unavailable` while they cannot be read for the first time; later calls try again. */
  ready(): Promise<void>
  /** In the order of creation, as this process has them. */
  loaded(): readonly LoadedProvider[]
  /** Reads them anew. */
  reload(): Promise<void>
  /** A change of this process; undefined for one that is gone. Resolves once calls go by it. */
  changed(id: string, record: StoredProviderRecord | undefined): Promise<void>
  close(): Promise<void>
}

export interface StoredProviderFeedOptions {
  readonly records: Pick<ProviderRecords, 'all'>
  readonly secrets: ProviderSecrets
  /** Why nobody may have an id: `is built in`. */
  readonly reserved: (id: string) => string | undefined
  readonly logger: Logger
  /** Is given those that can be used and are not disabled. */
  readonly replace: (setups: readonly ProviderSetup[]) => void
  /** Milliseconds within which the changes of others are seen; 0: there are no others. */
  readonly cacheMs: number
}

type Loaded = ReadonlyMap<string, LoadedProvider & { readonly print: string }>

/**
 * Reads the stored providers at once and again within each `cacheMs`. What cannot be used is left out, with a warning,
 * and takes nobody else with it; while the store does not answer, what was read last stays.
 */
export function createStoredProviderFeed(options: StoredProviderFeedOptions): StoredProviderFeed {
  const { records, logger, replace, cacheMs } = options
  let loaded: Loaded = new Map()
  let isFailing = false
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: what is read first is never put in place of what is read later. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work, work)
    last = turn.catch(() => {})
    return turn
  }
  const adopt = async (wanted: readonly StoredProviderRecord[]) => {
    const next = new Map<string, LoadedProvider & { readonly print: string }>()
    for (const record of [...wanted].sort(byCreation)) {
      const print = printOf(record)
      const known = loaded.get(record.id)
      next.set(record.id, known?.print === print ? known : { ...(await load(record, options)), print })
    }
    const isSame = next.size === loaded.size && [...next].every(([id, each]) => loaded.get(id) === each)
    if (isSame) return
    replace([...next.values()].flatMap(({ setup, record }) => (setup && !record.disabled ? [setup] : [])))
    loaded = next
  }
  const read = async () => {
    await adopt(await records.all())
    isFailing = false
  }
  const reload = () => inTurn(read)
  const started = startAgain({
    start: reload,
    refusal: unavailable,
    failed: (error) => logger.error({ error }, 'The stored providers cannot be read; calls are refused.'),
  })
  let isPolling = false
  /** One at a time: a store that is slow is not asked more for it. */
  const poll = async () => {
    if (isPolling) return
    isPolling = true
    try {
      await (started.isReady ? reload() : started.ready())
    } catch (error) {
      // The first reading has told of itself.
      if (started.isReady && !isFailing)
        logger.warn({ error }, 'The stored providers could not be read; those known stay.')
      isFailing = true
    } finally {
      isPolling = false
    }
  }
  const timer = cacheMs > 0 ? setInterval(poll, cacheMs / 2).unref() : undefined

  return {
    get isReady() {
      return started.isReady
    },
    ready: started.ready,
    loaded: () => [...loaded.values()],
    reload,
    changed: (id, record) =>
      inTurn(async () => {
        const known = loaded.get(id)?.record
        const isOlder = record && known?.createdAt === record.createdAt && known.version > record.version
        if (isOlder) return
        const others = [...loaded.values()].map((each) => each.record).filter((each) => each.id !== id)
        await adopt(record ? [...others, record] : others)
      }),
    async close() {
      clearInterval(timer)
      await last
    },
  }
}

/** What is asked of one record leaves it unusable at worst. */
async function load(
  record: StoredProviderRecord,
  { secrets, reserved, logger }: StoredProviderFeedOptions,
): Promise<LoadedProvider> {
  try {
    const why = reserved(record.id)
    if (why !== undefined) throw new Error(`Its id ${why}.`)
    const opened = await secrets.open(record).catch((cause: unknown) => {
      throw new Error('Its secrets cannot be decrypted under the option "secret".', { cause })
    })
    const setup = configureStored(record.id, { ...optionsOf(record), ...opened })
    return { record, setup, problem: undefined }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    logger.warn({ provider: record.id, error }, `The stored provider "${record.id}" is left out: ${problem}`)
    return { record, setup: undefined, problem }
  }
}

/** Tells two versions of a record apart, those that differ in the secret they are sealed under alone included. */
function printOf({ version, createdAt, sealed }: StoredProviderRecord): string {
  return JSON.stringify([version, createdAt, sealed])
}

function byCreation(left: StoredProviderRecord, right: StoredProviderRecord): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
}

function unavailable(cause: unknown): GatewayError {
  if (GatewayError.isInstance(cause)) return asGatewayError(cause)
  return new GatewayError({
    code: 'store_unavailable',
    message: 'The stored providers cannot be read.',
    cause,
  })
}
