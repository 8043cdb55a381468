import { GatewayError } from '../../errors/gateway-error.ts'
import type { RecordStore } from '../../store/record-store.ts'
import type { Configuration } from './configuration.ts'

/** A key that shall link to a configuration. */
export interface WantedLink {
  readonly account: string
  readonly configuration: string | undefined
}

/**
 * Refuses a link to a configuration that is not there, or is another account's. Asked before a link is written and
 * once more behind it: a deletion looks for links when the configuration is gone, so one of the two sees the other.
 *
 * @throws GatewayError `invalid_request` that names `configuration`.
 */
export type AssertLinkable = (link: WantedLink) => Promise<void>

export function createAssertLinkable(
  configurations: Pick<RecordStore<Configuration>, 'get'>,
): AssertLinkable {
  return async ({ account, configuration }) => {
    if (configuration === undefined) return
    const found = await configurations.get(configuration)
    if (found && (found.account === undefined || found.account === account)) return
    throw new GatewayError({
      code: 'invalid_request',
      message: `"configuration": the account has no access key configuration "${configuration}".`,
      param: 'configuration',
    })
  }
}
