import type { CallPolicy } from '../access/policy.ts'
import type { Principal } from '../access/principal.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Credential, Target } from './authorize.ts'
import type { Call } from './call.ts'

/** What a call's price and its ledger row are made of: all that is left of one which ends in another process. */
export interface BilledCall extends Pick<Call, 'id' | 'startedAt' | 'held'> {
  readonly principal: Pick<Principal, 'accessKeyId' | 'subject'> & {
    readonly policy: Pick<CallPolicy, 'tags' | 'configuration'> | undefined
  }
  readonly dialect: Pick<Dialect, 'id'>
  readonly target: Pick<Target, 'resolution'> &
    Partial<Pick<Target, 'planned'>> & {
      readonly dialect: Pick<Dialect, 'id'>
      readonly credential: Pick<Credential, 'kind' | 'keyId'>
    }
  readonly envelope: Pick<Call['envelope'], 'model' | 'stream'>
  readonly prepared: Pick<Call['prepared'], 'warnings'>
}
