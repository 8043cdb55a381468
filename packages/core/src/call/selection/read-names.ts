import { GatewayError } from '../../errors/gateway-error.ts'
import { findMember, type JsonMembers, readMember } from '../json-members.ts'

/** Names in `models`, at most. */
const mostNames = 10

/**
 * The models that a client names, in any dialect: its `model` first, then those of the member `models`, each once.
 *
 * @param model What path or body name; undefined leaves the first place to `models`.
 * @throws GatewayError `invalid_request` that names the member at fault: `models.2`.
 */
export function readNames(members: JsonMembers, model: string | undefined): readonly string[] {
  const first = model === undefined ? [] : [model]
  if (findMember(members, 'models') === undefined) return first
  const value = readMember(members, 'models')
  if (value === null) return first
  if (!Array.isArray(value)) throw wrong('models', 'must be a list of model names')
  if (value.length > mostNames) throw wrong('models', `may have at most ${mostNames} names`)
  value.forEach((name: unknown, at) => {
    if (typeof name !== 'string' || name === '') throw wrong(`models.${at}`, 'must be the name of a model')
  })
  return [...new Set([...first, ...(value as string[])])]
}

function wrong(param: string, problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `The member "${param}" ${problem}.`, param })
}
