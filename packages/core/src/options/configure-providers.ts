import { priceFromOptions } from '../billing/rates.ts'
import type { ModelProvider } from '../models/model-table.ts'
import { type AllowedParameters, assertRemovable, foldedNames } from '../models/parameters.ts'
import { readBaseUrl } from '../providers/base-url.ts'
import { builtInProviders } from '../providers/built-in.ts'
import { customProvider, customVariables } from '../providers/custom.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { sandboxModels } from '../providers/sandbox/sandbox-models.ts'
import { sandboxProvider } from '../providers/sandbox/sandbox-provider.ts'
import { type CloudSetup, configureCloud } from './configure-cloud.ts'
import { type Environment, readVariable } from './environment.ts'
import type { GatewayOptions, ProviderOptions } from './options.ts'
import type { Problems } from './problems.ts'
import { readHeaders, readQuery } from './request-additions.ts'

/** A provider with everything that options and environment say of it. */
export interface ProviderSetup extends ModelProvider {
  readonly definition: ProviderDefinition
  readonly baseUrl: string
  /** The operator's own credential. */
  readonly apiKey: string | undefined
  readonly keyless: boolean
  /** Sent with every request, with its question mark; '' if there is none. */
  readonly search: string
  readonly headers: Readonly<Record<string, string>>
  /** What is let through of requests, by dialect. */
  readonly parameters: AllowedParameters | undefined
  /** Makes the credential of each request where there is no key. */
  readonly createSigner?: CloudSetup['createSigner']
}

interface Sources {
  readonly environment: Environment
  readonly problems: Problems
}

/**
 * The providers of a gateway: those that the options name, or else the built-in ones that have a key in the
 * environment; and the sandbox where it is wanted.
 */
export function configureProviders(
  { providers, sandbox }: Pick<GatewayOptions, 'providers' | 'sandbox'>,
  sources: Sources,
): ProviderSetup[] {
  const named = providers ? Object.entries(providers) : inEnvironment(sources.environment)
  const setups = named.flatMap(([id, options]) => {
    const setup = sources.problems.attempt(() => configureProvider(id, options, sources))
    // What is wrong in it is told although nothing calls it.
    return setup && !options.disabled ? [setup] : []
  })
  if (sandbox) setups.push(sandboxSetup)
  // Who says that there is none makes them at run time.
  const isMeant = providers !== undefined && named.length === 0
  if (setups.length === 0 && !isMeant && sources.problems.list.length === 0) sources.problems.add(noProvider)
  return setups
}

const noProvider =
  'providers: there is none. Set OPENAI_API_KEY or ANTHROPIC_API_KEY, name one in the option "providers", ' +
  'set sandbox: true (TOLLGATE_SANDBOX=1) to try the gateway without one, or pass providers: {} to make them at run time.'

function inEnvironment(environment: Environment): [string, ProviderOptions][] {
  const isSet = (name: string) => readVariable(environment, name) !== undefined
  return builtInProviders
    .filter(({ environment: names, keyless }) => isSet(names.apiKey) || (keyless && isSet(names.baseUrl)))
    .map(({ id }) => [id, {}])
}

/** One provider with everything that is said of it. */
export function configureProvider(
  id: string,
  options: ProviderOptions,
  { environment, problems }: Sources,
): ProviderSetup {
  const builtIn = builtInProviders.find((provider) => provider.id === id)
  const definition = builtIn ?? defineCustom(id, options, environment)
  const { environment: names } = definition
  const apiKey = readApiKey({ id, names, options }, { environment, problems })
  const hasAddress = (options.baseUrl ?? readVariable(environment, names.baseUrl)) !== undefined
  const cloud = problems.attempt(() =>
    configureCloud({ id, definition, options, environment, apiKey, hasAddress }),
  )
  const located = definition.cloud ? { ...definition, baseUrl: cloud?.baseUrl ?? '' } : definition
  const isOurs = builtIn !== undefined || definition.cloud !== undefined
  const baseUrl =
    (isOurs && problems.attempt(() => chooseBaseUrl(located, options, environment))) ||
    definition.baseUrl ||
    ''
  return {
    id,
    definition,
    baseUrl,
    apiKey,
    keyless: !isOurs || definition.keyless === true,
    createSigner: cloud?.createSigner,
    search: readQuery(
      `providers.${id}.query`,
      { search: new URL(baseUrl || 'https://none').search, query: options.query },
      problems,
    ),
    headers: readHeaders(`providers.${id}.headers`, options.headers, problems),
    parameters: readParameters(options),
    models: priceable(id, options, problems),
  }
}

interface KeyPlace {
  readonly id: string
  readonly names: ProviderDefinition['environment']
  readonly options: ProviderOptions
}

/** A key in the environment is passed over where options name other credentials. */
function readApiKey(
  { id, names, options }: KeyPlace,
  { environment, problems }: Sources,
): string | undefined {
  const identified = options.aws?.credentials ?? options.googleCloud?.credentials
  const variable = identified === undefined ? names.apiKey : ''
  const apiKey = (options.apiKey ?? readVariable(environment, variable))?.trim() || undefined
  if (options.apiKey !== undefined && apiKey === undefined) {
    problems.add(`providers.${id}.apiKey (${names.apiKey}) is empty.`)
  }
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    problems.add(`providers.${id}.apiKey (${names.apiKey}) has characters that no header can carry.`)
  }
  return apiKey
}

function defineCustom(id: string, options: ProviderOptions, environment: Environment): ProviderDefinition {
  if (id === sandboxProvider.id) {
    throw new Error('providers.sandbox is built in: use the option "sandbox" (TOLLGATE_SANDBOX=1).')
  }
  const baseUrl = options.baseUrl ?? readVariable(environment, customVariables(id).baseUrl)
  return customProvider(id, baseUrl === undefined ? options : { ...options, baseUrl })
}

function chooseBaseUrl(
  provider: ProviderDefinition,
  options: ProviderOptions,
  environment: Environment,
): string {
  const { baseUrl: variable } = provider.environment
  const { allowPrivateNetwork } = options
  const terms = { impliedVersion: provider.impliedVersion, allowPrivateNetwork }
  if (options.baseUrl !== undefined) {
    return readBaseUrl(options.baseUrl, `providers.${provider.id}.baseUrl (${variable})`, terms)
  }
  const text = readVariable(environment, variable)
  if (text !== undefined) return readBaseUrl(text, variable, terms)
  if (provider.baseUrl !== undefined) return provider.baseUrl
  throw new Error(`providers.${provider.id}.baseUrl (${variable}) is missing: every customer has its own.`)
}

function readParameters({ parameters = {} }: ProviderOptions): AllowedParameters | undefined {
  const entries = Object.entries(parameters).map(([dialect, names]) => [dialect, foldedNames(names)] as const)
  return entries.length === 0 ? undefined : new Map(entries)
}

/** The models without those whose price is wrong, so that every such price is found. */
function priceable(id: string, { models = {} }: ProviderOptions, problems: Problems) {
  const entries = Object.entries(models).filter(([name, { price }]) => {
    for (const parameter of models[name]?.unsupportedParameters ?? [])
      problems.attempt(() =>
        assertRemovable(parameter, `providers.${id}.models.${name}.unsupportedParameters`),
      )
    if (price === undefined) return true
    return problems.attempt(() => priceFromOptions(price, `providers.${id}.models.${name}.price`))
  })
  return Object.fromEntries(entries)
}

const sandboxSetup: ProviderSetup = {
  id: sandboxProvider.id,
  definition: sandboxProvider,
  baseUrl: sandboxProvider.baseUrl ?? '',
  apiKey: undefined,
  keyless: true,
  search: '',
  headers: {},
  parameters: undefined,
  models: sandboxModels,
}
