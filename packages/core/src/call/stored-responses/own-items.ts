import { GatewayError } from '../../errors/gateway-error.ts'
import type { Course } from '../attempts/course.ts'
import type { Target } from '../authorize.ts'
import { namedItems } from '../named-items.ts'
import type { CallServices } from '../services.ts'

/**
 * Under the operator's credential an item may be named only by the account that got it, in an answer of this gateway:
 * the provider's account is everybody's. Undefined where nothing has to be looked up.
 *
 * @throws GatewayError, or rejects with it: `item_not_found`, for another account's and for none alike.
 */
export function assertOwnItems(
  services: CallServices,
  course: Course,
  target: Target,
): undefined | Promise<void> {
  const { principal, envelope } = course.basis
  const { definition } = target.provider
  if (!canBeNamed(course, target) || course.itemsKnownAt.includes(definition.id)) return undefined
  const ids = namedItems(envelope.members, definition)
  if (ids.length === 0) return markKnown(course, definition.id)
  const owner = { account: principal.account, provider: definition.id }
  return services.responses.findUnknownItem(owner, ids).then((unknown) => {
    if (unknown !== undefined) throw itemNotFound(unknown)
    markKnown(course, definition.id)
  })
}

/** A long request is looked through once for a provider, however often that is tried. */
function markKnown(course: Course, provider: string): undefined {
  course.itemsKnownAt = [...course.itemsKnownAt, provider]
}

/** However the request gets there: items of its own dialect go through a translation as they are. */
function canBeNamed(
  { basis: { dialect } }: Course,
  { dialect: spoken, provider, credential }: Target,
): boolean {
  return (
    credential.kind === 'managed' &&
    spoken.id === 'openai-responses' &&
    (dialect.requests ?? dialect.id) === 'openai-responses' &&
    !provider.definition.keepsNothing
  )
}

function itemNotFound(id: string): GatewayError {
  return new GatewayError({
    code: 'item_not_found',
    message: `Item with id '${id.slice(0, 256)}' not found.`,
    param: 'input',
  })
}
