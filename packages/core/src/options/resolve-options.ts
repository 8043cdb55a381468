import type { Keyv } from 'keyv'
import type { z } from 'zod'
import { type FeeRates, parseFee } from '../billing/fee.ts'
import type { CallSettings } from '../call/services.ts'
import { createModelIndex, type ModelIndex } from '../models/model-index.ts'
import { parseStoreAddress } from '../store/store-address.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { configureProviders, type ProviderSetup } from './configure-providers.ts'
import { consoleLogger } from './console-logger.ts'
import { type Environment, readVariable } from './environment.ts'
import type {
  FailoverOptions,
  GatewayOptions,
  HoldOptions,
  Logger,
  SelectionOptions,
  TimeoutOptions,
} from './options.ts'
import { createProblems, type Problems } from './problems.ts'
import { optionsSchema } from './schema.ts'
import { type FixedVirtualModel, readVirtualModels } from './virtual-models.ts'

/** Options with every default filled in and every text parsed. */
export interface ResolvedOptions {
  readonly providers: readonly ProviderSetup[]
  /** Every id that the option has, those that are disabled included. */
  readonly providerIds: readonly string[]
  readonly models: ModelIndex
  readonly store: string | Keyv
  readonly singleWriter: boolean
  /** A folder. */
  readonly spool: string
  readonly fee: FeeRates
  readonly secret: string | undefined
  readonly previousSecrets: readonly string[]
  readonly authenticate: GatewayOptions['authenticate']
  readonly remoteAddress: GatewayOptions['remoteAddress']
  readonly logger: Logger
  readonly onUsage: GatewayOptions['onUsage']
  readonly telemetry: readonly Telemetry[]
  readonly settings: CallSettings
  /** Whoever has secrets adds where they are, so that no log shows them. */
  readonly secretsInMemory: (() => Iterable<string>)[]
  readonly selection: Required<SelectionOptions>
  readonly virtualModels: readonly FixedVirtualModel[]
}

const defaultStore = 'sqlite:./tollgate.db'
const defaultSpool = './tollgate-spool'

/**
 * Checks options and environment, once.
 *
 * @throws Error, one for all mistakes, each named by its option and its variable.
 */
export function resolveOptions(
  given: GatewayOptions = {},
  environment: Environment = process.env,
): ResolvedOptions {
  const problems = createProblems()
  const options = checkShape(given, problems)
  const providers = configureProviders(
    { ...options, sandbox: options.sandbox ?? readSwitch(environment, 'TOLLGATE_SANDBOX', problems) },
    { environment, problems },
  )
  const models = problems.attempt(() => createModelIndex({ providers }))
  const virtualModels = models ? readVirtualModels(options.virtualModels, models, problems) : []
  const fee = problems.attempt(() => parseFee(options.fee))
  const secret = readSecret(options, environment, problems)
  const previousSecrets = readPreviousSecrets(options, environment, problems)
  const store = options.store ?? readVariable(environment, 'TOLLGATE_STORE') ?? defaultStore
  if (typeof store === 'string') problems.attempt(() => parseStoreAddress(store))
  problems.raise()
  return {
    providers,
    providerIds: Object.keys(options.providers ?? {}),
    models: models as ModelIndex,
    store,
    singleWriter: options.singleWriter ?? false,
    spool: options.spool ?? readVariable(environment, 'TOLLGATE_SPOOL') ?? defaultSpool,
    fee: fee as FeeRates,
    secret,
    previousSecrets,
    authenticate: options.authenticate,
    remoteAddress: options.remoteAddress,
    logger: options.logger ?? consoleLogger,
    onUsage: options.onUsage,
    telemetry: listOf(options.telemetry),
    settings: settle(options),
    secretsInMemory: [],
    selection: { strategy: 'order', affinity: true, ...options.selection },
    virtualModels,
  }
}

function listOf(telemetry: GatewayOptions['telemetry'] = []): readonly Telemetry[] {
  return Array.isArray(telemetry) ? telemetry : [telemetry as Telemetry]
}

/**
 * Names the options of the wrong shape as they are written in code: `providers.openai.baseUrl`.
 *
 * @returns The options without those, so that what is left can be checked as well.
 */
function checkShape(options: GatewayOptions, problems: Problems): GatewayOptions {
  const { success, error } = optionsSchema.safeParse(options)
  if (success) return options
  for (const issue of error.issues) {
    for (const line of describeIssue(issue)) problems.add(line)
  }
  const wrong = error.issues.filter(({ code }) => code !== 'unrecognized_keys')
  return wrong.reduce<GatewayOptions>(
    (left, { path }) => (without(left, path) ?? {}) as GatewayOptions,
    options,
  )
}

/** A copy that lacks what the path leads to; of a list nothing is left. */
function without(value: unknown, [name, ...rest]: readonly PropertyKey[]): unknown {
  if (name === undefined || Array.isArray(value)) return undefined
  const { [name]: member, ...others } = value as Record<PropertyKey, unknown>
  const left = without(member, rest)
  return left === undefined ? others : { ...others, [name]: left }
}

type Issue = z.core.$ZodIssue

function describeIssue(issue: Issue): string[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path === '' ? key : `${path}.${key}`} is not an option.`)
  }
  const variable = variables[path]
  return [`${path === '' ? 'The options' : path}${variable ? ` (${variable})` : ''}: ${issue.message}.`]
}

const variables: Readonly<Record<string, string>> = {
  store: 'TOLLGATE_STORE',
  spool: 'TOLLGATE_SPOOL',
  secret: 'TOLLGATE_SECRET',
  previousSecrets: 'TOLLGATE_PREVIOUS_SECRETS',
  sandbox: 'TOLLGATE_SANDBOX',
}

function readSwitch(environment: Environment, name: string, problems: Problems): boolean {
  const text = readVariable(environment, name) ?? '0'
  if (text === '1' || text === 'true') return true
  if (text !== '0' && text !== 'false') problems.add(`${name} must be 1 or 0.`)
  return false
}

const minimumSecret = 16

function readSecret(
  { secret: given }: GatewayOptions,
  environment: Environment,
  problems: Problems,
): string | undefined {
  const secret = given ?? readVariable(environment, 'TOLLGATE_SECRET')
  if (secret !== undefined && secret.length < minimumSecret) {
    problems.add(`secret (TOLLGATE_SECRET) must have at least ${minimumSecret} characters.`)
  }
  return secret
}

function readPreviousSecrets(
  { previousSecrets: given }: GatewayOptions,
  environment: Environment,
  problems: Problems,
): readonly string[] {
  const listed = readVariable(environment, 'TOLLGATE_PREVIOUS_SECRETS')?.split(',') ?? []
  const secrets = given ?? listed.map((secret) => secret.trim()).filter((secret) => secret !== '')
  if (secrets.some(({ length }) => length < minimumSecret)) {
    const demand = `each must have at least ${minimumSecret} characters.`
    problems.add(`previousSecrets (TOLLGATE_PREVIOUS_SECRETS): ${demand}`)
  }
  return secrets
}

function settle(options: GatewayOptions): CallSettings {
  const { translation, limits, responses } = options
  return {
    strict: translation === 'strict',
    bodyBytes: limits?.bodyBytes ?? 33_554_432,
    ...settleHolds(options.holds),
    ...settleTimes(options.timeouts),
    ...settleFailover(options.failover),
    pollRuns: responses?.poll ?? 5000,
    keepResponses: responses?.keep ?? 2_592_000_000,
  }
}

function settleHolds({ quantum = 1024, margin, defaultMaxOutputTokens, ttl }: HoldOptions = {}) {
  return {
    defaultMaxOutputTokens: defaultMaxOutputTokens ?? 4096,
    quantum,
    margin: Math.min(margin ?? quantum / 4, quantum),
    holdTtl: ttl ?? 900_000,
  }
}

function settleTimes(timeouts: TimeoutOptions = {}) {
  return {
    connectTimeout: timeouts.connect ?? 10_000,
    attemptTimeout: timeouts.attempt ?? 0,
    totalTimeout: timeouts.total ?? 0,
    firstEventTimeout: timeouts.firstEvent ?? 60_000,
    answerTimeout: timeouts.answer ?? 600_000,
    idleTimeout: timeouts.idle ?? 300_000,
    heartbeat: timeouts.heartbeat ?? 15_000,
    drain: timeouts.drain ?? 0,
  }
}

function settleFailover({ attempts, within, maxRetryAfter, hedgeAfter }: FailoverOptions = {}) {
  return {
    mostAttempts: attempts ?? 10,
    attemptsWithin: within ?? 120_000,
    longestRetryAfter: maxRetryAfter ?? 5000,
    hedgeAfter: hedgeAfter ?? 0,
  }
}
