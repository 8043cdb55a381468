import type { JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'

type Field = Parameters<RenderContext['field']>[0]

/**
 * Renders what is set, or tells the client that it is left out, and why.
 *
 * @param isTaken Whether the target takes it; otherwise the reason, in words that follow the member's name.
 */
export type MemberRenderer = (field: Field, rendered: JsonObject, isTaken?: true | string) => JsonObject

export function createMemberRenderer({ field, warnings }: RenderContext): MemberRenderer {
  return (name, rendered, isTaken = true) => {
    const isSet = Object.values(rendered).some((value) => value !== undefined)
    if (!isSet) return {}
    if (isTaken === true) return rendered
    warnings.dropped(field(name), `${field(name)} ${isTaken}.`)
    return {}
  }
}
