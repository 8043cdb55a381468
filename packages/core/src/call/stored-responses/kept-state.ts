import type { Principal } from '../../access/principal.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { openaiResponses } from '../../dialects/openai-responses/openai-responses.ts'
import { resumableResponses } from '../../dialects/openai-responses/resumable.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ResponseRecord } from '../../responses/response-record.ts'
import type { BoundCandidate, Target } from '../authorize.ts'
import type { CallBasis } from '../call.ts'
import type { Envelope } from '../envelope.ts'
import { findMember } from '../json-members.ts'
import type { Candidate } from '../resolve.ts'
import type { CallServices, ConfiguredProvider } from '../services.ts'

/** Whether what is answered there can be asked for again: it is, where client and provider both speak Responses. */
export function keepsAnswers(client: Dialect, { dialect, provider }: Candidate): boolean {
  if (dialect !== client || dialect.id !== 'openai-responses' || dialect.compacts) return false
  return !provider.definition.keepsNothing
}

/** Whether a provider keeps any answers at all. */
export function keepsAnything({ definition }: ConfiguredProvider): boolean {
  return definition.dialects.includes('openai-responses') && !definition.keepsNothing
}

/**
 * What a call goes on from, if anything: it has to be made with the credential of that. Rejects when that is not
 * this account's, or not there.
 */
export function findPrevious(
  services: CallServices,
  { principal, dialect, envelope }: Asked,
  candidates: readonly Candidate[],
): undefined | Promise<ResponseRecord> {
  const { previous } = envelope.state ?? {}
  if (previous === undefined || !candidates.some((candidate) => keepsAnswers(dialect, candidate)))
    return undefined
  return services.responses.find(principal.account, previous).then((record) => {
    if (record) return record
    throw previousNotFound(previous)
  })
}

/**
 * A candidate has to keep what the call goes on from, or asks to be kept.
 *
 * @throws GatewayError that names the member.
 */
export function assertState(
  { dialect, envelope, previous }: Pick<CallBasis, 'dialect' | 'envelope' | 'previous'>,
  candidate: Candidate,
): void {
  const { members, state } = envelope
  if (!state) return
  // Prompts that Google keeps are no answers, and go to Google alone.
  if (state.ownedAt === 'cachedContent' && candidate.dialect === dialect) return
  if (!keepsAnswers(dialect, candidate)) refuseState(state)
  else if (findMember(members, 'request_id')) throw chosenId()
  else if (previous) assertSameProvider(previous, candidate)
}

interface Asked {
  readonly principal: Pick<Principal, 'account'>
  readonly dialect: Dialect
  readonly envelope: Envelope
}

function refuseState({ previous, background, ownedAt }: NonNullable<Envelope['state']>): void {
  const param = previous !== undefined ? 'previous_response_id' : (ownedAt ?? (background && 'background'))
  if (!param) return
  throw new GatewayError({
    code: 'unsupported_parameter',
    message: `"${param}" needs state that this model's provider does not keep; send the whole input with "store": false.`,
    param,
  })
}

/** Some servers let a client name its answer, and would hand another's out under that name. */
function chosenId(): GatewayError {
  const message = "The id of a response is its provider's to choose."
  return new GatewayError({ code: 'unsupported_parameter', message, param: 'request_id' })
}

function previousNotFound(id: string): GatewayError {
  return new GatewayError({
    code: 'previous_response_not_found',
    message: `Previous response with id '${id.slice(0, 256)}' not found.`,
    param: 'previous_response_id',
  })
}

function assertSameProvider(record: ResponseRecord, { provider, resolution }: Candidate): void {
  if (record.provider === provider.definition.id) return
  throw new GatewayError({
    code: 'invalid_request',
    message: `The response "${record.id}" is kept by the provider ${record.provider}, and the model "${resolution.publicId}" is not there.`,
    param: 'previous_response_id',
  })
}

/**
 * What lives at the provider's account and was not made by a call of this gateway is everybody's who shares that
 * account: only an account of one's own may be reached into.
 *
 * @throws GatewayError `unsupported_parameter` that names the member.
 */
export function assertOwnState({ state }: Envelope, { credential }: Target): void {
  if (!state?.ownedAt || credential.kind === 'own') return
  throw new GatewayError({
    code: 'unsupported_parameter',
    message: `"${state.ownedAt}" lives at the provider's account, which others share; it can be used with a provider key of your own.`,
    param: state.ownedAt,
  })
}

/** The dialect of an answer: one that is made in the background may be taken up again. */
export function answeringDialect(dialect: Dialect, { state }: Envelope): Dialect {
  return state?.background && dialect === openaiResponses ? resumableResponses : dialect
}

/** A candidate that has to be called with the credential of what the call goes on from. */
export function bind(candidate: Candidate, previous: ResponseRecord | undefined): BoundCandidate {
  return previous ? { ...candidate, keptUnder: previous.credential } : candidate
}
