import { malformedForm } from './malformed-form.ts'

/** What the head of a form's part says. */
export interface PartHead {
  readonly name: string
  readonly isFile: boolean
}

/** Quotes inside a name are written `%22` or with a backslash; none that matters here has one. */
const disposition =
  /^form-data;\s*name="([^"\\]{1,256})"(?:;\s*filename="((?:[^"\\]|\\.){0,1024})")?(?:;\s*filename\*=[^;"]{1,1024})?\s*$/i
const utf8 = /^(?!.*charset\s*=)|charset\s*=\s*"?(utf-?8|us-ascii)"?\s*(;|$)/i

/**
 * Reads the head of a part, without its empty line.
 *
 * @throws GatewayError `invalid_request` for a head that another reader could read differently.
 */
export function readPartHead(head: string): PartHead {
  let found: PartHead | undefined
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (!/^[\w-]+$/.test(line.slice(0, Math.max(colon, 0)))) throw malformedForm('a part has a broken header')
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    if (name === 'content-transfer-encoding' && !/^(7bit|8bit|binary)$/i.test(value))
      throw malformedForm('a part is encoded once more')
    if (name === 'content-type' && !utf8.test(value)) throw malformedForm('a part is not UTF-8')
    if (name !== 'content-disposition') continue
    if (found) throw malformedForm('a part has two names')
    found = readDisposition(value)
  }
  if (!found) throw malformedForm('a part has no name')
  return found
}

function readDisposition(value: string): PartHead {
  const match = disposition.exec(value)
  if (!match) throw malformedForm('the name of a part cannot be read')
  return { name: match[1] as string, isFile: /;\s*filename\*?=/i.test(value) }
}
