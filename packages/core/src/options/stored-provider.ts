import { GatewayError } from '../errors/gateway-error.ts'
import { builtInProviders } from '../providers/built-in.ts'
import { sandboxProvider } from '../providers/sandbox/sandbox-provider.ts'
import { configureProvider, type ProviderSetup } from './configure-providers.ts'
import type { ProviderOptions } from './options.ts'
import type { Problems } from './problems.ts'

const builtIn: ReadonlySet<string> = new Set([...builtInProviders, sandboxProvider].map(({ id }) => id))

/** Whether an id is one that comes with the gateway. */
export function isBuiltIn(id: string): boolean {
  return builtIn.has(id)
}

/**
 * A provider that is made at run time, by the rules of the option `providers`. No variable of the environment is read
 * for it: who may make providers need not be who starts processes.
 *
 * @throws GatewayError `invalid_request` that names the first member at fault: `models.small.price.input`.
 * @example
 * configureStored('local', { baseUrl: 'http://localhost:11434/v1' })
 */
export function configureStored(id: string, options: ProviderOptions): ProviderSetup {
  const problems = firstProblem(id)
  return problems.attempt(() =>
    configureProvider(id, options, { environment: {}, problems }),
  ) as ProviderSetup
}

/** Does not go on to the next problem, and calls members by their own names, not by those of options. */
function firstProblem(id: string): Problems {
  return {
    list: [],
    add(problem) {
      const [source = ''] = /^\S+( \([A-Z0-9_]+\))?/.exec(problem) ?? []
      throw faultOf(id, { source, message: problem })
    },
    attempt(step) {
      try {
        return step()
      } catch (error) {
        if (!GatewayError.isInstance(error) || !error.param?.startsWith(`providers.${id}`)) throw error
        throw faultOf(id, { source: error.param, message: error.message })
      }
    },
    raise() {},
  }
}

interface OptionFault {
  /** The option, and its variable where it has one: `providers.local.baseUrl (LOCAL_BASE_URL)`. */
  readonly source: string
  readonly message: string
}

function faultOf(id: string, { source, message }: OptionFault): GatewayError {
  const option = source.replace(/ \([A-Z0-9_]+\)$/, '')
  const param = option.slice(`providers.${id}.`.length) || 'id'
  const named = message.includes(source)
    ? message.replace(source, () => `"${param}"`)
    : `"${param}": ${message}`
  return new GatewayError({ code: 'invalid_request', message: named, param })
}
